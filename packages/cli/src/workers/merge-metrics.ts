/** What one worker tells, in the text format of Prometheus or of OpenMetrics. */
export interface WorkerMetrics {
  readonly worker: string
  readonly text: string
}

interface Family {
  readonly head: string[]
  type: string
  /** Samples by name and labels, in the order in which they were first told. */
  readonly samples: Map<string, number>
}

/**
 * One text of several: counters and histograms are added up, since each request was counted by one worker. Gauges can't be, memory
 * say, or a version: each is told with the label `worker`, or `plinth_worker` where it has one of that name itself.
 */
export function mergeMetrics(all: readonly WorkerMetrics[]): string {
  const families = new Map<string, Family>()
  let open = false
  for (const { worker, text } of all) {
    let family: Family | undefined
    for (const line of text.split('\n')) {
      if (line === '# EOF') open = true
      else if (line.startsWith('# ')) family = familyOf(line, families) ?? family
      else if (line !== '') addSample(line, family ?? familyNamed(/^[^{ ]*/.exec(line)![0], families), worker)
    }
  }
  const lines: string[] = []
  for (const { head, samples } of families.values()) {
    lines.push(...head)
    for (const [series, value] of samples) lines.push(`${series} ${written(value)}`)
  }
  if (open) lines.push('# EOF')
  return `${lines.join('\n')}\n`
}

/** What of a worker that has ended still counts: what only rises. */
export function risingOnly(text: string): string {
  const kept: string[] = []
  let rises = false
  let help: string | undefined
  for (const line of text.split('\n')) {
    if (line.startsWith('# HELP ')) help = line
    else if (line.startsWith('# TYPE ')) {
      rises = / (?:counter|histogram)$/.test(line)
      if (rises) kept.push(...(help === undefined ? [] : [help]), line)
      help = undefined
    } else if (line === '# EOF' || (rises && line !== '')) kept.push(line)
  }
  return `${kept.join('\n')}\n`
}

function familyOf(line: string, families: Map<string, Family>): Family | undefined {
  const [, kind, name, rest] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? []
  if (kind === undefined || name === undefined) return undefined
  const family = familyNamed(name, families)
  if (!family.head.some((it) => it.startsWith(`# ${kind} `))) family.head.push(line)
  if (kind === 'TYPE') family.type = rest as string
  return family
}

function familyNamed(name: string, families: Map<string, Family>): Family {
  let family = families.get(name)
  if (family === undefined) families.set(name, (family = { head: [], type: 'untyped', samples: new Map() }))
  return family
}

function addSample(line: string, { type, samples }: Family, worker: string): void {
  const at = line.lastIndexOf(' ')
  const value = read(line.slice(at + 1))
  let series = line.slice(0, at)
  if (type === 'counter' || type === 'histogram') {
    samples.set(series, (samples.get(series) ?? 0) + value)
    return
  }
  const own = `${/[{,]worker="/.test(series) ? 'plinth_worker' : 'worker'}="${worker}"`
  series = series.endsWith('}') ? `${series.slice(0, -1)},${own}}` : `${series}{${own}}`
  samples.set(series, value)
}

function read(text: string): number {
  return text === '+Inf' ? Infinity : text === '-Inf' ? -Infinity : Number(text)
}

function written(value: number): string {
  return value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value)
}
