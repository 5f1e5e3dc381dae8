import { round, table } from '../lib/table.mjs'

const LIMIT = 10
const times = { p50: 'p50', p90: 'p90', p99: 'p99', p999: 'p99.9', max: 'max' }
const percent = (share) => `${Math.round(share * 100)}%`

/** Prints what one load did to every contender, and why a figure may not be its own. */
export function print(set, load, measured) {
  console.log(`\n${set} headers, ${load.about}`)
  const cells = (one) => {
    if (one.failed !== undefined) return ['failed']
    if (one.beyond) return ['more than it can do']
    return [
      `${one.rate}/s, ${percent(one.rate / one.saturation)}`,
      ...Object.keys(times).map((name) => round(one[name])),
      round(one.lagP99),
      `${percent(one.serverStarved)}, ${percent(one.starved)}`,
      one.doubt === undefined ? '' : '*',
    ]
  }
  table(
    ['', 'saturated at', 'sent', ...Object.values(times), 'lag p99', 'no core', ''],
    measured.map((one) => [one.title, one.saturation === undefined ? '' : `${Math.round(one.saturation)}/s`, ...cells(one)]),
  )
  for (const { title, doubt } of measured) if (doubt !== undefined) console.log(`* ${title}: ${doubt}`)
}

/**
 * The design's target: p99 at half of saturation. It is reached only at that rate. What keeps a figure from being the server's own
 * can only have made it worse, so one below the limit stands, and one above it was not measured.
 */
export function targetsOf(results) {
  return results
    .filter(({ contender, load }) => contender === 'plinth' && load === 'half')
    .map(({ shape, headers, p99, rate, saturation, failed, doubt }) => {
      const what = `p99 of ${shape}, ${headers} headers, at half of saturation`
      const target = { limit: LIMIT, unit: ' ms' }
      if (failed !== undefined) return { ...target, what: `${what} (failed)`, value: NaN }
      const sent = `${rate}/s, ${percent(rate / saturation)}`
      if (rate < Math.floor(saturation / 2)) return { ...target, what: `${what} (only ${sent} of it: ${round(p99)} ms)`, value: NaN }
      if (doubt !== undefined && p99 > LIMIT) return { ...target, what: `${what}, ${sent} (${round(p99)} ms, but ${doubt})`, value: NaN }
      return { ...target, what: `${what}, ${sent}`, value: p99 }
    })
}
