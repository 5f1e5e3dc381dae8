/** The one name that was probably meant: at most two letters away, and not short. */
export function near(wanted: readonly string[], names: readonly string[]): string | undefined {
  let best: string | undefined
  let least = 3
  for (const name of names) {
    for (const one of wanted) {
      if (one.length < 5 || Math.abs(one.length - name.length) > 2) continue
      const steps = distance(one, name.toUpperCase())
      if (steps < least) [best, least] = [name, steps]
    }
  }
  return best
}

/** Levenshtein's: letters to add, take out or change. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(change, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
