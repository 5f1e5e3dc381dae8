/** Where messages go. */
export interface Out {
  /** Takes text as it is. */
  write(text: string): unknown
  /** Whether a person reads it. */
  readonly isTTY?: boolean
}

/** What making a project knows of the world around it; tests pass their own. */
export interface Io {
  /** What was asked for: help, the version. */
  readonly stdout: Out
  /** Messages: what it says about its work. */
  readonly stderr: Out
  /** The variables of the environment. */
  readonly env: { readonly [name: string]: string | undefined }
  /** Where the project's folder is made. */
  readonly cwd: string
  /** Asks the person at the terminal; there is none where nobody sits there. */
  readonly ask?: (question: string) => Promise<string>
}
