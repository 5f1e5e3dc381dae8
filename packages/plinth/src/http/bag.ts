/** Names and values that a client chose: nothing is inherited, so `__proto__` and `toString` are names like any other. */
export interface Bag<V> {
  [name: string]: V
}

/**
 * Makes an empty one. Its prototype is itself empty and without a prototype: `Object.create(null)` would do,
 * but V8 keeps such objects as hash tables, ten times dearer to make and slower to read.
 */
export const Bag: new <V>() => Bag<V> = function () {} as unknown as new <V>() => Bag<V>
Object.defineProperty(Bag, 'prototype', { value: Object.freeze(Object.create(null)) })

/** Adds a value; a name seen before makes an array. */
export function addTo<V>(bag: Bag<V | V[]>, name: string, value: V): void {
  const before = bag[name]
  if (before === undefined) bag[name] = value
  else if (Array.isArray(before)) before.push(value)
  else bag[name] = [before, value]
}
