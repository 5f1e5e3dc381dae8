import { createInterface } from 'node:readline/promises'
import { UsageError } from './usage-error.ts'

/**
 * Asks at the terminal. Ctrl-C ends the process as it does elsewhere; by itself readline would only stop reading, and the
 * process end as if all were well.
 * @throws {UsageError} where the input ends without an answer.
 */
export async function ask(question: string, input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<string> {
  const lines = createInterface({ input, output })
  const ended = new AbortController()
  lines.once('close', () => ended.abort())
  lines.once('SIGINT', () => {
    output.write('\n')
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
