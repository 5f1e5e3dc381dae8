import { requireObject, requireText } from '../internal/arguments.ts'
/** How a file is answered. */
export interface FileOptions {
  /** Folder that `path` must stay within. Without it `path` is trusted: never build it from input. */
  readonly root?: string
  /** Sent as `Content-Disposition: attachment` under this name; `true` for the file's own. */
  readonly download?: string | true
  /** Media type; by default from the extension. */
  readonly type?: string
  /** `Cache-Control` of the answer. */
  readonly cache?: string
  /** With `root`: let names that begin with a dot be read. Default false: `.env` and `.git` are often where they shouldn't be. */
  readonly dotfiles?: boolean
}

/** A file as an answer, with ETag, ranges, conditional requests and precompressed siblings. */
export class FileAnswer {
  declare readonly '~file': true
  readonly path: string
  readonly options: FileOptions

  constructor(path: string, options: FileOptions) {
    this.path = path
    this.options = options
  }
}

/** Answers with a file of this machine; 404 where there is none. */
export function file(path: string, options: FileOptions = {}): FileAnswer {
  requireText('file: path', path)
  requireObject('file: options', options)
  return new FileAnswer(path, options)
}
