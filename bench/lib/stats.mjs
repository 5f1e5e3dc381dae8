export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

export function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}

/** What is kept of repeated measurements: the median, the extremes, and every one of them. */
export function summary(values) {
  return { median: median(values), min: Math.min(...values), max: Math.max(...values), all: values }
}

/** The least of `sorted` that `permille` of a thousand do not exceed; 0 of nothing. */
export function atShare(sorted, permille) {
  return sorted.length === 0 ? 0 : sorted[Math.ceil((sorted.length * permille) / 1000) - 1]
}
