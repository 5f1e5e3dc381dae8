import { redirectTarget, type RedirectRules } from './redirect-target.ts'
import { requireObject } from '../internal/arguments.ts'

/** How and where a redirect may lead. */
export interface RedirectOptions extends RedirectRules {
  /** 302 by default; 303 after a form, 307 and 308 where the method must stay. */
  readonly status?: 301 | 302 | 303 | 307 | 308
}

/** An answer that sends the client elsewhere. */
export class Redirect {
  declare readonly '~redirect': true
  readonly status: number
  readonly location: string

  constructor(status: number, location: string) {
    this.status = status
    this.location = location
  }
}

/**
 * Sends the client to a path of this origin, or to an origin that `allow` lists.
 * @throws {HttpFailure} 400 `unsafe-redirect` for `//x`, `/\x`, `javascript:` and whatever else leads off the listed origins.
 */
export function redirect(location: string, options: RedirectOptions = {}): Redirect {
  requireObject('redirect: options', options)
  return new Redirect(options.status ?? 302, redirectTarget(location, options))
}
