const MAX_TEXTS = 1_000
/** Longer texts are not kept, nor prepared: they are written once, by scripts and imports. */
const MAX_LENGTH = 32_768

/** What is known of one text of SQL. */
export interface Known {
  uses: number
  /** Under which connections prepare it; none before it is worth it. */
  name: string | undefined
  /** Whether it only reads, as far as its text shows. */
  reads: boolean
  /** Until when it is not sent where others would wait behind it, in milliseconds of `performance.now()`. */
  slowUntil: number
  /** How often in a row it took long. */
  slowRuns: number
}

/** A statement that takes longer would be felt by those behind it. */
const QUICK_MS = 25
/** Measured anew at each use on a connection of its own, so that one that is slow once and again stays away. */
const SLOW_MS = 1_000
/**
 * What is measured is the wait of this process, in which a busy event loop has its part: under load a quick statement seems slow now
 * and then, a slow one seems quick never. Judged by a single run, reads left the shared connections under load and never came back.
 */
const SLOW_RUNS = 4

/** Notes how long a statement took, its wait in a line included. Only one that had a connection to itself can be found slow. */
export function took(known: Known, ms: number, alone: boolean): void {
  if (ms <= QUICK_MS) {
    known.slowRuns = 0
    // One that the server had to stop stays away for longer: with other values it may be quick.
    if (known.slowUntil <= performance.now() + SLOW_MS) known.slowUntil = 0
  } else if (alone && ++known.slowRuns >= SLOW_RUNS) known.slowUntil = performance.now() + SLOW_MS
}

/**
 * The statements that were seen lately, so that those asked again are prepared. Not at their first use: who varies a request
 * each time would fill the server with statements that nobody asks again.
 */
export class Statements {
  readonly #known = new Map<string, Known>()
  readonly #prepare: boolean
  #count = 0

  constructor(prepare: boolean) {
    this.#prepare = prepare
  }

  /** Counts one use. Undefined for what is not worth knowing. */
  use(text: string, often: boolean): Known | undefined {
    if (!this.#prepare || text.length > MAX_LENGTH) return undefined
    let known = this.#known.get(text)
    if (known === undefined) {
      known = { uses: 0, name: undefined, reads: onlyReads(text), slowUntil: 0, slowRuns: 0 }
      if (this.#known.size >= MAX_TEXTS) this.#forgetSome()
      this.#known.set(text, known)
    }
    // A counter in the place of a hash: shorter on the wire, and two texts never share one.
    if (known.name === undefined && (often || known.uses > 0)) known.name = `plinth${(++this.#count).toString(36)}`
    known.uses++
    return known
  }

  /** A tenth of those asked least goes at once, so that each use need not move its entry. */
  #forgetSome(): void {
    const least = [...this.#known].sort(([, a], [, b]) => a.uses - b.uses).slice(0, MAX_TEXTS / 10)
    for (const [text] of least) this.#known.delete(text)
    for (const known of this.#known.values()) known.uses = Math.ceil(known.uses / 2)
  }
}

/** Words that change something, keep a lock, or leave something behind in the session. */
const changes =
  /\b(?:insert|update|delete|merge|truncate|create|alter|drop|grant|revoke|lock|copy|call|do|into|nextval|setval|currval|lastval|set_config|pg_notify|pg_sleep\w*|pg_advisory\w*|pg_try_advisory\w*|dblink\w*|lo_\w+|for\s+(?:no\s+key\s+)?update|for\s+(?:key\s+)?share)\b/i

/** Errs to the side of caution: a column called `update` costs a statement its place among the reads, and nothing else. */
function onlyReads(text: string): boolean {
  return /^\s*(?:select|with)\b/i.test(text) && !changes.test(text)
}
