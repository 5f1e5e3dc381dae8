import type { FlatRoute } from './flatten.ts'
import { Frame, type Step } from './frame.ts'

/** What the routes of one application have in common is made once, for the first that has it. */
export class SharedParts {
  readonly #frames = new SharedValues<Frame>()
  readonly #names = new SharedValues<readonly string[]>()

  names(names: readonly string[]): readonly string[] {
    return this.#names.of(names, () => names)
  }

  /** `dated`: header lines of this route beside those of its scope. */
  frame({ entry, guards, scope }: FlatRoute, handshake: Step | undefined, dated: readonly string[]): Frame {
    const { arounds, identities, catches, render, headers, documentHeaders, dynamicHeaders } = scope
    const timeout = entry.contract.timeout ?? scope.timeout
    // A scope's lists are never changed, only replaced, so each stands for what is in it.
    const lists = [arounds, identities, catches, render, headers, documentHeaders, dynamicHeaders]
    return this.#frames.of([...lists, timeout, handshake, dated.join('\n'), ...guards], () => {
      // The scope's own list where nothing is added: what is made of it is then shared by frames that differ in something else.
      const all = dated.length === 0 ? headers : [...headers, ...dated]
      return new Frame({ arounds, identities, catches, render, headers: all, documentHeaders, dynamicHeaders, timeout, handshake, guards })
    })
  }
}

interface Place<T> {
  value: T | undefined
  readonly next: Map<unknown, Place<T>>
}

/** Values by lists of keys: equal lists, element by element, have the same one. */
class SharedValues<T extends object> {
  readonly #first: Place<T> = { value: undefined, next: new Map() }

  /** `make` is called for the first list of its kind. */
  of(keys: readonly unknown[], make: () => T): T {
    let place = this.#first
    for (const key of keys) {
      let next = place.next.get(key)
      if (next === undefined) place.next.set(key, (next = { value: undefined, next: new Map() }))
      place = next
    }
    return (place.value ??= make())
  }
}
