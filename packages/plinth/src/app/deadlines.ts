import { onWorkers } from '../internal/builtin.ts'

/** How long the timer sleeps at most, in milliseconds, so that it does not hold up the end of a process that can't let go of a timer. */
const LONGEST_MS = 1_000

/** What has to be over by a time, on the clock of `performance`: the other one is set, back and forth. */
export abstract class Deadline {
  readonly due: number
  /** Where it stands among those that wait; -1 when it doesn't. */
  place = -1

  constructor(due: number) {
    this.due = due
  }

  /** Called once when the time has passed, behind whatever request set the timer: work of its own belongs behind a promise. */
  abstract pass(): void
}

interface Timer {
  ref?(): void
  unref?(): void
}

/** The deadlines of all requests, kept with one timer: one for each costs more than the rest of its dispatch. */
export class Deadlines {
  readonly #open: Deadline[] = []
  #timer: Timer | undefined
  #wakes = Infinity

  add(it: Deadline): void {
    if (it.due < this.#wakes) this.#wake(it.due)
    else if (this.#open.length === 0) this.#timer?.ref?.()
    it.place = this.#open.push(it) - 1
  }

  remove(it: Deadline): void {
    const last = this.#open.pop() as Deadline
    if (last !== it) {
      this.#open[it.place] = last
      last.place = it.place
    }
    it.place = -1
    // Nobody waits: a process that has nothing else to do may end.
    if (this.#open.length === 0) this.#timer?.unref?.()
  }

  #wake(due: number): void {
    if (this.#timer) clearTimeout(this.#timer as ReturnType<typeof setTimeout>)
    const now = performance.now()
    this.#wakes = Math.min(due, now + LONGEST_MS)
    this.#timer = setTimeout(this.#look, Math.ceil(this.#wakes - now)) as Timer
  }

  readonly #look = (): void => {
    this.#timer = undefined
    this.#wakes = Infinity
    const now = performance.now()
    let next = Infinity
    // From the end, since whoever is taken off leaves his place to the last.
    for (let at = this.#open.length - 1; at >= 0; at--) {
      const it = this.#open[at] as Deadline
      if (it.due > now) next = Math.min(next, it.due)
      else {
        this.remove(it)
        it.pass()
      }
    }
    if (next !== Infinity) this.#wake(next)
  }
}

const shared = new Deadlines()

/** Those of the process. Workers end a request's timers with the request, so there each has its own. */
export function deadlines(): Deadlines {
  return onWorkers ? new Deadlines() : shared
}
