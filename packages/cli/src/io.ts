import { UsageError } from './command.ts'

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
  /** Asks the person at the terminal; there is none where nobody sits there. */
  readonly ask?: (question: string) => Promise<string>
}

/** Ctrl-C ends the process as it does elsewhere; by itself readline would only stop reading, and the command end as if all were well. */
async function ask(question: string): Promise<string> {
  const { createInterface } = await import('node:readline/promises')
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new AbortController()
  lines.once('close', () => ended.abort())
  lines.once('SIGINT', () => {
    process.stderr.write('\n')
    lines.close()
    process.kill(process.pid, 'SIGINT')
  })
  try {
    return await lines.question(question, { signal: ended.signal })
  } catch (error) {
    if (!ended.signal.aborted) throw error
    throw new UsageError('The input ended before the question was answered')
  } finally {
    lines.close()
  }
}

export function processIo(): Io {
  const there = process.stdin.isTTY && process.stderr.isTTY
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    platform: process.platform,
    ...(there && { ask }),
  }
}
