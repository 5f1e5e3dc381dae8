const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const preferred = /^[A-Z][a-z]{2}, (\d{2}) ([A-Z][a-z]{2}) (\d{4}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const rfc850 = /^[A-Z][a-z]{5,8}, (\d{2})-([A-Z][a-z]{2})-(\d{2}) (\d{2}):(\d{2}):(\d{2}) GMT$/
const asctime = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]\d) (\d{2}):(\d{2}):(\d{2}) (\d{4})$/

/**
 * Seconds since 1970 of a date in one of the three forms that RFC 9110 §5.6.7 says a reader must know; `undefined` for anything
 * else. `Date.parse` takes far more, and the last form in local time.
 */
export function parseHttpDate(text: string): number | undefined {
  let match = preferred.exec(text)
  if (match !== null) return seconds(match[3], match[2], match[1], match[4], match[5], match[6])
  match = rfc850.exec(text)
  if (match !== null) return seconds(fullYear(Number(match[3])), match[2], match[1], match[4], match[5], match[6])
  match = asctime.exec(text)
  return match === null ? undefined : seconds(match[6], match[1], match[2], match[3], match[4], match[5])
}

/** §5.6.7: two digits that seem more than fifty years ahead are of the past century. */
function fullYear(short: number, now: number = new Date().getUTCFullYear()): string {
  const year = Math.floor(now / 100) * 100 + short
  return String(year > now + 50 ? year - 100 : year)
}

type Text = string | undefined

function seconds(year: Text, month: Text, day: Text, hour: Text, minute: Text, second: Text): number | undefined {
  const index = months.indexOf(month ?? '')
  const midnight = Date.UTC(Number(year), index, Number(day))
  // `Date.UTC` lets 31 February run over into March.
  if (index === -1 || new Date(midnight).getUTCDate() !== Number(day)) return undefined
  // 60: a leap second.
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return undefined
  return midnight / 1_000 + Number(hour) * 3_600 + Number(minute) * 60 + Number(second)
}
