/** One line a record. The first argument's members become members of the record. */
export interface LogMethod {
  (fields: { readonly [name: string]: unknown }, message?: string): void
  (message: string): void
}

/** What the framework logs to; pino and everything shaped like it fits. */
export interface Logger {
  readonly debug: LogMethod
  readonly info: LogMethod
  readonly warn: LogMethod
  readonly error: LogMethod
  /** A logger whose every record carries these fields too. */
  child(fields: { readonly [name: string]: unknown }): Logger
}
