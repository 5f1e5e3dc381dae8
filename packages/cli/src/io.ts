/** Where a command writes. */
export interface Out {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

/** What a command knows of the world around it; tests pass their own. */
export interface Io {
  /** Data: what a command was asked for. */
  readonly stdout: Out
  /** Messages: what it says about its work. */
  readonly stderr: Out
  readonly env: { readonly [name: string]: string | undefined }
  readonly cwd: string
  readonly platform: NodeJS.Platform
}

export function processIo(): Io {
  return { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd(), platform: process.platform }
}
