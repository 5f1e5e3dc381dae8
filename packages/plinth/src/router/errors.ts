/** A template that is not well-formed. The message says where, why, and what would be right. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'
  readonly template: string
  readonly reason: string

  constructor(template: string, reason: string) {
    super(`Template ${JSON.stringify(template)}: ${reason}`)
    this.template = template
    this.reason = reason
  }
}

/** Two routes of one method that match the same paths, so that the second could never run. */
export class RouteConflict extends Error {
  override readonly name = 'RouteConflict'
  readonly method: string
  readonly template: string
  /** The template that was there first. */
  readonly existing: string

  /** `path` is what both match, in the words of `template`; it differs from it where optional parameters are left out. */
  constructor(method: string, template: string, existing: string, path: string) {
    const routes = `${method} ${JSON.stringify(template)} conflicts with ${method} ${JSON.stringify(existing)}`
    const why = template === existing ? 'it is already registered' : `both match ${JSON.stringify(path)}`
    super(`${routes}: ${why}. Remove one, or tell them apart by a static segment or the method`)
    this.method = method
    this.template = template
    this.existing = existing
  }
}

/**
 * A path that cannot be decoded; the client's fault, hence a 400. The message is a fixed string for each reason:
 * it may reach the client, and what was sent must not come back in it.
 */
export class MalformedPath extends Error {
  override readonly name = 'MalformedPath'

  constructor(reason: 'escape' | 'utf-8' | 'nul') {
    super(REASONS[reason])
  }
}

const REASONS = {
  escape: 'The path has a % that is not followed by two hexadecimal digits; a literal % is written %25',
  'utf-8': 'The percent-escapes in the path are not valid UTF-8',
  nul: 'The path contains a NUL character',
} as const
