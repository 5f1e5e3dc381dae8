import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { Issue, Location } from './contract.ts'
import { Explanation, MAX_ISSUES, member, repeats } from './explain.ts'
import type { Shape } from './shape.ts'

/**
 * A library's issues as ours. Where the JSON Schema explains the same place its words are used, so that an API speaks
 * with one voice whatever its schemas are written with; else the library's, unless they repeat the value.
 */
export function standardIssues(
  found: readonly StandardSchemaV1.Issue[],
  value: unknown,
  vendor: string,
  shape: Shape | undefined,
  location: Location | 'reply',
  texts: boolean,
): readonly Issue[] {
  const own = new Explanation(location, texts)
  if (shape !== undefined) own.walk(shape, value, '')
  const issues = new Map<string, Issue>()
  for (const issue of found) {
    if (issues.size >= MAX_ISSUES) break
    // Not `map`: ArkType's paths are a class of their own, and would make one of it.
    const path = Array.from(issue.path ?? [], (step) => (typeof step === 'object' ? step.key : step))
    const pointer = path.reduce((start: string, step) => member(start, String(step)), '')
    const better = explaining(own.issues, pointer)
    const words =
      better.length > 0 ? better : [{ location, pointer, message: wording(issue, vendor, at(value, path), secretAt(shape, path)) }]
    for (const one of words) issues.set(`${one.pointer} ${one.message}`, one)
  }
  return [...issues.values()]
}

/** What we found at that very place, else what we found inside it: a union is refused as a whole, we may know which part. */
function explaining(own: readonly Issue[], pointer: string): readonly Issue[] {
  const here = own.filter((issue) => issue.pointer === pointer)
  return here.length > 0 ? here : own.filter((issue) => issue.pointer.startsWith(`${pointer}/`))
}

function wording(issue: StandardSchemaV1.Issue, vendor: string, value: unknown, secret: boolean): string {
  if (value === undefined) return 'is required'
  if (secret) return 'is not valid'
  // ArkType's message ends in what it was given, its `expected` does not.
  const expected = vendor === 'arktype' && 'expected' in issue ? issue.expected : undefined
  if (typeof expected === 'string' && !repeats(expected, value)) return `must be ${expected}`
  if (vendor === 'arktype' || issue.message === '' || repeats(issue.message, value)) return 'is not valid'
  return issue.message
}

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as { readonly [step: PropertyKey]: unknown })[step]
  }
  return value
}

function secretAt(shape: Shape | undefined, path: readonly PropertyKey[]): boolean {
  if (shape === undefined) return false
  if (shape.secret) return true
  if ([shape.target, ...shape.all, ...(shape.any ?? [])].some((part) => part !== undefined && secretAt(part, path))) return true
  const [step, ...rest] = path
  if (step === undefined) return false
  const field = shape.fields?.find(({ name }) => name === step)?.shape
  const item = typeof step === 'number' ? (shape.prefix[step] ?? shape.items) : undefined
  const inside = field ?? item ?? shape.rest
  return inside !== undefined && inside !== false && secretAt(inside, rest)
}
