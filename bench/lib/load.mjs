import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LOAD_CORE, start } from './process.mjs'

const hasWrk = spawnSync('wrk', ['-v']).error === undefined

export const generator = hasWrk ? 'wrk' : 'autocannon'

const CONNECTIONS = 64

/**
 * Sends `requests` in turn over 64 connections as fast as they are answered, from the load generator's core.
 * Answers how many were answered; throws when one was not a success, since a server that refuses is a fast one.
 */
export async function load(url, requests, seconds) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'))
  try {
    return hasWrk ? await wrk(url, requests, seconds, folder) : await autocannon(url, requests, seconds, folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function run(command) {
  const child = start(LOAD_CORE, command)
  const code = await child.ended
  if (code !== 0) throw new Error(`${command[0]} failed with ${code}:\n${child.output}`)
  return child.output
}

/** A Lua string literal for any text: decimal escapes leave nothing to quote. */
function lua(text) {
  return `"${[...Buffer.from(text)].map((byte) => `\\${String(byte).padStart(3, '0')}`).join('')}"`
}

function luaHeaders(headers) {
  return `{${Object.entries(headers)
    .map(([name, value]) => `[${lua(name)}]=${lua(value)}`)
    .join(',')}}`
}

async function wrk(url, requests, seconds, folder) {
  const lines = []
  const [first] = requests
  if (requests.length === 1) {
    lines.push(`wrk.method=${lua(first.method)}`, `wrk.headers=${luaHeaders(first.headers)}`)
    if (first.body !== undefined) lines.push(`wrk.body=${lua(first.body)}`)
  } else {
    // Formatted once in init: the generator must not become what is measured.
    lines.push('local all = {}', 'local at = 0', 'function init(args)')
    for (const { method, path, headers, body } of requests) {
      lines.push(
        `all[#all+1] = wrk.format(${lua(method)}, ${lua(path)}, ${luaHeaders(headers)}, ${body === undefined ? 'nil' : lua(body)})`,
      )
    }
    lines.push('end', 'function request() at = at % #all + 1; return all[at] end')
  }
  const script = join(folder, 'load.lua')
  writeFileSync(script, lines.join('\n'))
  const output = await run(['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url + first.path])
  const bad = /Non-2xx or 3xx responses: (\d+)/.exec(output) ?? /Socket errors: (.+)/.exec(output)
  if (bad) throw new Error(`not every request was answered well: ${bad[0]}`)
  return { answered: Number(/(\d+) requests in/.exec(output)[1]) }
}

async function autocannon(url, requests, seconds, folder) {
  const list = join(folder, 'requests.json')
  writeFileSync(list, JSON.stringify({ url, connections: CONNECTIONS, duration: seconds, requests }))
  const script = new URL('./autocannon-run.mjs', import.meta.url).pathname
  const result = JSON.parse(await run([process.execPath, script, list]))
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`not every request was answered well: ${result.non2xx} not 2xx, ${result.errors} errors`)
  return { answered: result['2xx'] }
}
