/** Codes that PostgREST answers with. Errors of the database carry their SQLSTATE instead. */
export type PostgrestCode =
  | 'PGRST000'
  | 'PGRST001'
  | 'PGRST002'
  | 'PGRST003'
  | 'PGRST100'
  | 'PGRST101'
  | 'PGRST102'
  | 'PGRST103'
  | 'PGRST105'
  | 'PGRST106'
  | 'PGRST107'
  | 'PGRST108'
  | 'PGRST111'
  | 'PGRST112'
  | 'PGRST114'
  | 'PGRST115'
  | 'PGRST116'
  | 'PGRST117'
  | 'PGRST118'
  | 'PGRST120'
  | 'PGRST121'
  | 'PGRST122'
  | 'PGRST123'
  | 'PGRST124'
  | 'PGRST125'
  | 'PGRST126'
  | 'PGRST127'
  | 'PGRST128'
  | 'PGRST200'
  | 'PGRST201'
  | 'PGRST202'
  | 'PGRST203'
  | 'PGRST204'
  | 'PGRST205'
  | 'PGRST300'
  | 'PGRST301'
  | 'PGRST302'
  | 'PGRST303'

/** The HTTP status of each code. */
export const postgrestStatus: { readonly [C in PostgrestCode]: number } = {
  PGRST000: 503,
  PGRST001: 503,
  PGRST002: 503,
  PGRST003: 504,
  PGRST100: 400,
  PGRST101: 405,
  PGRST102: 400,
  PGRST103: 416,
  PGRST105: 405,
  PGRST106: 406,
  PGRST107: 406,
  PGRST108: 400,
  PGRST111: 500,
  PGRST112: 500,
  PGRST114: 400,
  PGRST115: 400,
  PGRST116: 406,
  PGRST117: 405,
  PGRST118: 400,
  PGRST120: 400,
  PGRST121: 500,
  PGRST122: 400,
  PGRST123: 400,
  PGRST124: 400,
  PGRST125: 404,
  PGRST126: 404,
  PGRST127: 400,
  PGRST128: 400,
  PGRST200: 400,
  PGRST201: 300,
  PGRST202: 404,
  PGRST203: 300,
  PGRST204: 400,
  PGRST205: 404,
  PGRST300: 500,
  PGRST301: 401,
  PGRST302: 401,
  PGRST303: 401,
}

/** The body of an error as PostgREST's clients read it: all four members, `null` where there is nothing to say. */
export interface PostgrestErrorBody {
  readonly code: string
  readonly message: string
  /** Text, or a list where the error has several candidates (PGRST201). */
  readonly details: unknown
  readonly hint: string | null
}

/** An answer that says why not, in PostgREST's form. `JSON.stringify` gives the body. */
export class PostgrestError extends Error {
  override readonly name: string = 'PostgrestError'
  readonly code: string
  /** The HTTP status of the answer. */
  readonly status: number
  readonly details: unknown
  readonly hint: string | null
  /** `WWW-Authenticate` where the status is 401 (RFC 6750 section 3). */
  readonly challenge: string = 'Bearer'

  constructor(code: PostgrestCode, message: string, details: unknown = null, hint: string | null = null) {
    super(message)
    this.code = code
    this.status = postgrestStatus[code]
    this.details = details
    this.hint = hint
  }

  toJSON(): PostgrestErrorBody {
    return { code: this.code, message: this.message, details: this.details, hint: this.hint }
  }
}
