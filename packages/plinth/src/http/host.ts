/** RFC 9110 §7.2, and RFC 3986 §3.2.2 for what a host may be made of; the port's range is checked apart. */
const hostForm = /^(?:[A-Za-z0-9._~!$&'()*+,;=%-]+|\[[0-9A-Fa-f:.]+\])(?::(\d{1,5}))?$/

/** Whether a `Host` or an authority names a host, and a port that there is. */
export function isHost(host: string): boolean {
  const match = hostForm.exec(host)
  return match !== null && (match[1] === undefined || Number(match[1]) <= 65_535)
}
