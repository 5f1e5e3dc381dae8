import type { Logger } from 'plinth'

const nothing = (): void => {}

/** For applications that are only looked at, or stand in for another one. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent }
