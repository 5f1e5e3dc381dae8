/** The name most like `name`, if `threshold` of its characters at least can stay as they are. */
export function similar(name: string, among: Iterable<string>, threshold: number): string | undefined {
  let best: string | undefined
  let bestScore = 0
  const wanted = name.toLowerCase().slice(0, 100)
  for (const candidate of among) {
    const score = likeness(wanted, candidate.toLowerCase(), threshold)
    if (score >= threshold && score > bestScore) {
      best = candidate
      bestScore = score
    }
  }
  return best
}

function likeness(a: string, b: string, threshold: number): number {
  const longest = Math.max(a.length, b.length)
  if (longest === 0 || Math.abs(a.length - b.length) > longest * (1 - threshold)) return 0
  return 1 - distance(a, b) / longest
}

/** Characters to change, add or take away (Levenshtein). */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)))
    }
    row = next
  }
  return row[b.length]!
}
