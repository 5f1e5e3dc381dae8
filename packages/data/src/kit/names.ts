/** Words that can't be names of variables in a module, and those that the schema's own imports take. */
const taken = new Set(
  `await break case catch class const continue debugger default delete do else enum export extends false finally for function if implements
import in instanceof interface let new null package private protected public return static super switch this throw true try typeof var void
while with yield arguments eval sql t`.split(/\s+/),
)

/** `user_names` → `userNames`, as people write it. */
export function memberName(name: string): string {
  const words = name.split(/[^\p{L}\p{N}$]+/u).filter((it) => it !== '')
  const [first = 'unnamed', ...rest] = words
  const joined = [
    /^[A-Z\d]+$/.test(first) ? first.toLowerCase() : first.charAt(0).toLowerCase() + first.slice(1),
    ...rest.map((it) => it.charAt(0).toUpperCase() + it.slice(1)),
  ].join('')
  return /^\d/.test(joined) ? `_${joined}` : joined
}

/** Gives each thing a name of its own. */
export class Names {
  readonly #used = new Set<string>()
  readonly #variables: boolean

  /** @param variables whether they are variables, which may not be called like a keyword or an import; else they are keys. */
  constructor(variables: boolean) {
    this.#variables = variables
  }

  of(name: string): string {
    const base = memberName(name)
    let free = this.#variables && (taken.has(base) || imported.test(base)) ? `${base}_` : base
    for (let i = 2; this.#used.has(free); i++) free = `${base}${i}`
    this.#used.add(free)
    return free
  }
}

/** What may be imported from drizzle-orm/pg-core by the text. */
const imported =
  /^(?:bigint|bigserial|boolean|bytea|char|check|cidr|customType|date|doublePrecision|foreignKey|index|inet|integer|interval|json|jsonb|line|macaddr8?|numeric|pg[A-Z]\w*|point|primaryKey|real|serial|smallint|smallserial|text|time|timestamp|unique|uniqueIndex|uuid|varchar|vector)$/
