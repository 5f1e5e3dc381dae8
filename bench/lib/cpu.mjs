import { readFileSync, readdirSync } from 'node:fs'

// USER_HZ is 100 on every architecture Linux runs Node on; it is a constant of the kernel's interface, not of its build.
const MICROSECONDS_PER_TICK = 1e6 / 100

/** Fields of `/proc/PID/stat` from the third on. The second, the command, is in parentheses and may hold spaces. */
function stat(pid) {
  let text
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    return undefined
  }
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** `pid` and everything it started, directly or not. */
function tree(pid) {
  const parents = new Map()
  for (const name of readdirSync('/proc')) {
    const fields = /^\d+$/.test(name) ? stat(name) : undefined
    if (fields) parents.set(Number(name), Number(fields[1]))
  }
  const members = [pid]
  for (let at = 0; at < members.length; at++) {
    for (const [child, parent] of parents) if (parent === members[at]) members.push(child)
  }
  return members
}

/** User and system time of a process tree in microseconds, with that of children which ended and were waited for. Steps are 10 ms. */
export function cpuTime(pid) {
  let ticks = 0
  for (const member of tree(pid)) {
    const fields = stat(member)
    // utime, stime, cutime, cstime: fields 14 to 17 of proc(5).
    if (fields) ticks += Number(fields[11]) + Number(fields[12]) + Number(fields[13]) + Number(fields[14])
  }
  return ticks * MICROSECONDS_PER_TICK
}

/** User and system time, in microseconds, of the children of this process that have ended and were waited for; 0 where there is no /proc. */
export function waitedCpuTime() {
  const fields = stat('self')
  return fields ? (Number(fields[13]) + Number(fields[14])) * MICROSECONDS_PER_TICK : 0
}

/** Microseconds in which the main thread of a process was ready and other work had its core; 0 where the kernel doesn't tell. */
export function waitedForCore(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/schedstat`, 'latin1').split(' ')[1]) / 1000
  } catch {
    return 0
  }
}

/** Resident memory of a process tree in KiB. */
export function residentKiB(pid) {
  let sum = 0
  for (const member of tree(pid)) {
    const line = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${member}/status`, 'latin1'))
    if (line) sum += Number(line[1])
  }
  return sum
}
