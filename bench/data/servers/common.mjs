// What every contender does in the same way, so that it is not what differs.
import { added } from '../rows.mjs'

export { host, port, ready } from '../../http/servers/serve.mjs'
export { added }

export const url = process.env.BENCH_DATABASE_URL

/** Connections that each contender's pool may have. */
export const POOL_SIZE = 10

/** What a pool of `pg` is told. Connections stay open while the others have their turn: opening them is not what is measured. */
export const poolSettings = { connectionString: url, max: POOL_SIZE, idleTimeoutMillis: 120_000 }

export const randomNumber = () => Math.floor(Math.random() * 10_000) + 1

/** How many rows are asked for, 1 to 500, and 1 where it is no number. */
export const countOf = (text) => Math.min(Math.max(Number.parseInt(text, 10) || 1, 1), 500)

/** Ids in order, so that two that change the same rows do not wait for each other in a circle. */
export function randomIds(count) {
  const ids = new Set()
  while (ids.size < count) ids.add(randomNumber())
  return [...ids].sort((a, b) => a - b)
}

/** The twelve and the one more, in the order of their messages. */
export const sorted = (rows) => [...rows, added].sort((a, b) => (a.message < b.message ? -1 : 1))

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
const escape = (text) => text.replace(/[&<>"']/g, (letter) => entities[letter])

/** The page as somebody writes it who takes no library for it. */
export const page = (rows) =>
  `<!DOCTYPE html><html><head><title>Fortunes</title></head><body><table><tr><th>id</th><th>message</th></tr>${rows
    .map(({ id, message }) => `<tr><td>${id}</td><td>${escape(message)}</td></tr>`)
    .join('')}</table></body></html>`

export const htmlType = 'text/html; charset=utf-8'
