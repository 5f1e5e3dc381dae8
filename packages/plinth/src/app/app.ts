export { core as app } from './builder.ts'
export type { CoreOptions as AppOptions } from './definition.ts'
