import { Problem } from '../http/problem.ts'
import { replyEncoder } from '../schema/compile.ts'
import type { ReplyEncoder } from '../schema/contract.ts'
import type { Schema } from '../schema/types.ts'
import type { AnyContract } from './types.ts'

/** Tells what is wrong with a route. */
export type Fault = (code: string, message: string, fix: string) => void

interface CompiledReplies {
  readonly encoders: ReadonlyMap<number, ReplyEncoder | null> | undefined
  readonly status: number | undefined
}

/** An encoder for each status that the contract declares with a body, and the status of a bare value. */
export function compileReplies(contract: AnyContract, fault: Fault): CompiledReplies {
  if (contract.reply === undefined) return { encoders: undefined, status: 200 }
  const encoders = new Map<number, ReplyEncoder | null>()
  for (const [key, declared] of Object.entries(contract.reply)) {
    const status = Number(key)
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      fault('bad-status', `reply ${key} is not a status from 200 to 599`, 'declare replies by their final status')
      continue
    }
    if (declared === null) encoders.set(status, null)
    else if (declared === 'problem') continue
    else if (declared instanceof Problem || Array.isArray(declared)) wrongStatus(status, declared as Problem | readonly Problem[], fault)
    else if (status === 204 || status === 205 || status === 304)
      fault('body-of-204', `a ${status} has no body to declare`, `write ${status}: null`)
    else {
      const encoder = attempt(() => replyEncoder(declared as Schema), `reply ${status}`, 'reply-cannot-strip', fault)
      if (encoder) encoders.set(status, encoder)
    }
  }
  const successes = [...encoders.keys()].filter((it) => it < 300)
  return { encoders, status: successes.length === 1 ? successes[0] : successes.length === 0 ? 200 : undefined }
}

function wrongStatus(status: number, declared: Problem | readonly Problem[], fault: Fault): void {
  for (const it of Array.isArray(declared) ? (declared as readonly Problem[]) : [declared as Problem]) {
    if (!(it instanceof Problem))
      fault('not-a-problem', `reply ${status} lists something that problem(…) did not make`, "write problem('its-code')")
    else if (it.status !== status)
      fault('problem-status', `reply ${status} declares '${it.code}', whose status is ${it.status}`, `declare it under ${it.status}`)
  }
}

/** What `make` gives, or a fault that says why it could not. */
export function attempt<T>(make: () => T, what: string, code: string, fault: Fault): T | undefined {
  try {
    return make()
  } catch (error) {
    const fix = (error as { fix?: string }).fix ?? 'mend the schema, or pass one made with t or by a Standard Schema library'
    fault(code, `${what}: ${error instanceof Error ? error.message : String(error)}`, fix)
    return undefined
  }
}
