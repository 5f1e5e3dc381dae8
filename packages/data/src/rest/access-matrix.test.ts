// Every asker × every route × every verb × every place that names a row, a way or a column: for whoever may not see something, the
// answer is byte for byte that of an application that has never heard of the column, on a database that does not hold the row.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, type TestEngine } from '../fixtures/engines.ts'
import { type Asked, matrixRequests } from './fixtures/matrix-requests.ts'
import {
  askers,
  fingerprintSql,
  openStudio,
  resetSql,
  type Studio,
  type StudioAnswer,
  studioSql,
  ungranted,
  type Who,
  withoutUnreadableSql,
} from './fixtures/studio.ts'

// The askers share the places among them in the gate. All of it, some 10,000 requests and twice each: MATRIX=whole npx vitest run …
const every = { server: process.env['MATRIX'] === 'whole' ? 1 : 12, embedded: process.env['MATRIX'] === 'whole' ? 1 : 48 }

class Undo extends Error {}

describe.each(engines)('access matrix ($kind)', (kind) => {
  let made: TestEngine
  let template: AsyncDisposable
  let whole: Studio
  beforeAll(async () => {
    const origin = await kind.template(await studioSql())
    template = origin
    made = await origin.clone()
    whole = await openStudio(made.engine)
  }, 60_000)
  afterAll(async () => {
    await whole.close()
    await made[Symbol.asyncDispose]()
    await template[Symbol.asyncDispose]()
  })

  /** Nothing of a write stays; `print` is what it may not have changed. */
  const askOf = async (
    studio: Studio,
    who: Who,
    { method, target, body, headers }: Asked,
  ): Promise<{ answer: StudioAnswer; print: unknown }> => {
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS')
      return { answer: await studio.ask(who, method, target, body, headers), print: '' }
    let answer: StudioAnswer | undefined
    let print: unknown
    try {
      await made.engine.transaction({}, async (session) => {
        answer = await studio.ask(who, method, target, body, headers)
        print = (await session.query({ text: fingerprintSql(who), values: [] }))[0]!['print']
        throw new Undo()
      })
    } catch (error) {
      if (!(error instanceof Undo)) throw error
    }
    return { answer: answer!, print }
  }

  test.each(askers)('%s sees nothing of what is not granted', { timeout: 300_000 }, async (who) => {
    const asked = matrixRequests(who).filter((_, at) => at % every[kind.kind] === (askers.indexOf(who) * 3) % every[kind.kind])
    const untouched = (await made.engine.query({ text: fingerprintSql(who), values: [] }))[0]!['print']
    const first: StudioAnswer[] = []
    const faults: string[] = []
    const say = (it: Asked): string => `${it.method} ${it.target} ${JSON.stringify(it.headers ?? {})} ${it.body ?? ''}`
    for (const it of asked) {
      const { answer, print } = await askOf(whole, who, it)
      first.push(answer)
      if (print !== '' && print !== untouched) faults.push(`${say(it)}\n changed what is not the asker's: ${answer.status} ${answer.body}`)
      if (answer.status >= 500) faults.push(`${say(it)}\n ${answer.status} ${answer.body} ${JSON.stringify(whole.errors.at(-1))}`)
      if (/HIDDEN/.test(answer.body) && !(who === '3 editor' && /HIDDEN (?:notes|vault)/.test(answer.body)))
        faults.push(`${say(it)}\n shows ${answer.body}`)
    }
    await made.engine.script(withoutUnreadableSql(who))
    const lesser = await openStudio(made.engine, ungranted(who))
    try {
      for (const [at, it] of asked.entries()) {
        const before = first[at]!
        const { answer } = await askOf(lesser, who, it)
        if (isConflict(before) || it.taken === true || same(before, answer)) continue
        faults.push(
          `${say(it)}\n is ${before.status} ${before.headers} ${before.body}\n not ${answer.status} ${answer.headers} ${answer.body}`,
        )
      }
    } finally {
      await lesser.close()
      await made.engine.script(resetSql())
    }
    if (every.server === 1) console.log(`${kind.kind} ${who}: ${asked.length} requests, answers ${JSON.stringify(counts(first))}`)
    expect(`${faults.length} faults\n${faults.slice(0, 20).join('\n\n')}`).toBe('0 faults\n')
    expect(first.filter((it) => it.status < 300).length, 'requests that were granted').toBeGreaterThan(asked.length / 8)
  })
})

/** What still points at a row is told about, whoever may see it: there is no other way. */
function isConflict({ status, body }: StudioAnswer): boolean {
  return status === 409 && !body.includes('insert or update')
}

function same(a: StudioAnswer, b: StudioAnswer): boolean {
  return a.status === b.status && a.headers === b.headers && a.body === b.body
}

function counts(answers: readonly StudioAnswer[]): { [status: number]: number } {
  const all: { [status: number]: number } = {}
  for (const { status } of answers) all[status] = (all[status] ?? 0) + 1
  return all
}
