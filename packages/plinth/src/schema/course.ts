import type { Issue, Location } from './contract.ts'
import { MAX_ISSUES, member } from './explain.ts'

/** What one run collects. The pointer is kept as a stack and spelt only for an issue. */
export class Course {
  readonly path: (string | number)[]
  readonly location: Location | 'reply'
  issues: Issue[] | undefined
  /** What unions made of a value: without it a union inside a union, and so on down, takes 2^depth trials. */
  #outcomes: Map<Projector, WeakMap<object, Outcome>> | undefined

  constructor(location: Location | 'reply', path: (string | number)[] = []) {
    this.location = location
    this.path = path
  }

  fail(message: string): void {
    let pointer = ''
    for (const step of this.path) pointer = member(pointer, String(step))
    this.issues ??= []
    if (this.issues.length < MAX_ISSUES) this.issues.push({ location: this.location, pointer, message })
  }

  /** A run whose issues count only if its result is taken. */
  trial(): Course {
    const trial = new Course(this.location, [...this.path])
    trial.#outcomes = this.#outcomes ??= new Map()
    return trial
  }

  /** What `judge` makes of a value, remembered. */
  once(union: Projector, value: unknown, judge: (value: unknown, course: Course) => Outcome): unknown {
    let outcome: Outcome | undefined
    if (typeof value !== 'object' || value === null) outcome = judge(value, this)
    else {
      this.#outcomes ??= new Map()
      let known = this.#outcomes.get(union)
      if (known === undefined) this.#outcomes.set(union, (known = new WeakMap()))
      outcome = known.get(value)
      if (outcome === undefined) known.set(value, (outcome = judge(value, this)))
    }
    if (outcome.issues !== undefined) this.issues = [...(this.issues ?? []), ...outcome.issues].slice(0, MAX_ISSUES)
    return outcome.result
  }
}

export interface Outcome {
  readonly result: unknown
  readonly issues: readonly Issue[] | undefined
}

export abstract class Projector {
  abstract run(value: unknown, course: Course): unknown
}

/** Stands for a shape that is still being built: schemas may contain themselves. */
export class Later extends Projector {
  target: Projector | undefined
  done = false

  run(value: unknown, course: Course): unknown {
    return this.target === undefined ? value : this.target.run(value, course)
  }
}

/** Runs a projector on what a value holds, under its name. */
export function step(inside: Projector, value: unknown, name: string | number, course: Course): unknown {
  course.path.push(name)
  const result = inside.run(value, course)
  course.path.pop()
  return result
}
