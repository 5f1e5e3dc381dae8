/** The one of `names` that was probably meant: the nearest, where at most a third of the letters are wrong. */
export function suggest(given: string, names: readonly string[]): string | undefined {
  const wanted = given.toLowerCase()
  const most = Math.max(1, Math.floor(wanted.length / 3))
  const ranked = names.map((name) => ({ name, steps: distance(wanted, name) })).sort((a, b) => a.steps - b.steps)
  const [nearest] = ranked
  if (nearest !== undefined && nearest.steps <= most) return nearest.name
  return names.find((name) => wanted.length > 1 && name.startsWith(wanted))
}

/** Letters to add, take out, change or swap with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  let before: readonly number[] = []
  let row: readonly number[] = Array.from({ length: b.length + 1 }, (_, j) => j)
  const at = (list: readonly number[], j: number): number => list[j] ?? Number.POSITIVE_INFINITY
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY
      next.push(Math.min(changed, swapped, at(row, j) + 1, at(next, j - 1) + 1))
    }
    before = row
    row = next
  }
  return at(row, b.length)
}

/** What follows a name that is none: the one that was meant, else all that there are. */
export function orElse(given: string, names: readonly string[]): string {
  const near = suggest(given, names)
  return near === undefined ? `there are ${names.join(', ')}` : `did you mean ${near}?`
}
