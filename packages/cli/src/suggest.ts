/** The one of `names` that was probably meant; `undefined` where none is near. */
export function suggest(wanted: string, names: Iterable<string>): string | undefined {
  const given = wanted.toLowerCase()
  let best: string | undefined
  // A third of the letters may be wrong, and at least one.
  let least = Math.max(1, Math.floor(given.length / 3)) + 1
  for (const name of names) {
    const steps = distance(given, name.toLowerCase())
    if (steps < least) [best, least] = [name, steps]
  }
  return best ?? [...names].find((name) => given.length > 1 && name.toLowerCase().startsWith(given))
}

/** Letters to add, take out, change or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      let steps = Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) steps = Math.min(steps, (before[j - 2] as number) + 1)
      next.push(steps)
    }
    before = row
    row = next
  }
  return row[b.length] as number
}
