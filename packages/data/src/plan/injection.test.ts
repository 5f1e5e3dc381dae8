// Injection: whatever is put in place of names and values, the database never sees a statement that it can't read.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Blog, createBlog, ownRows } from '../fixtures/blog.ts'
import { hasPostgres } from '../fixtures/database.ts'
import { RandomRequests, tables } from '../fixtures/random-requests.ts'
import { newSeed, Random } from '../grammar/fixtures/random.ts'
import { serveRequest } from '../respond/serve-request.ts'

const count = Number(process.env['COUNT'] ?? 5_000)

const hostile = [
  `'`,
  `"`,
  `''`,
  `";--`,
  `'; DROP SCHEMA blog CASCADE; --`,
  `\\`,
  `\\'`,
  `$1`,
  `$$`,
  `/*`,
  `*/`,
  `--`,
  `)`,
  `(`,
  `::text`,
  `"a"."b"`,
  `id"`,
  `%`,
  `?`,
  `E'\\x'`,
  `U&"\\0061"`,
  `pg_sleep(1)`,
  `;`,
  '\n',
  '\t',
  '\u0001',
  '\u{1F600}',
  'ﬀ',
  '"a\\"b"',
  '"id\\" OR 1=1 --"',
  '->>',
  '->',
  'current_user',
  'null',
  '{',
  '}',
  '{"',
  'NaN',
  '9'.repeat(30),
  'x'.repeat(80),
  '"' + 'é'.repeat(40) + '"',
  'regclass',
  'pg_catalog',
  '::regclass',
  "french'",
]

/** States that say the statement itself is wrong: syntax, parameters, names that were put together badly. */
const ourFault = /^(?:42601|42602|42622|42P02|42P18|42P08|42702|42P09|42P10x|08|XX|0A000x|26000)/

describe.skipIf(!(await hasPostgres()))('hostile requests', () => {
  let blog: Blog
  beforeAll(async () => {
    blog = await createBlog()
  })
  afterAll(() => blog.database.drop())

  test('are answered with 2xx or 4xx and leave everything as it was', { timeout: 120_000 }, async () => {
    const seed = newSeed()
    const random = new Random(seed)
    const disturb = (text: string): string => {
      if (random.chance(0.9)) return text
      const piece = random.pick(hostile)
      return random.pick([piece, text + piece, piece + text, `"${text}${piece.replace(/["\\]/g, '\\$&')}"`])
    }
    const requests = new RandomRequests(random, disturb)
    const access = ownRows(1)
    const statuses = new Map<number, number>()
    for (let at = 0; at < count; at++) {
      const method = random.pick(['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE'])
      const target = requests.target()
      const table = target.slice(1, target.indexOf('?'))
      const [path = '', query = ''] = target.split('?', 2)
      const writes = method === 'POST' || method === 'PATCH' || method === 'PUT'
      const headers = new Headers()
      if (random.chance(0.3))
        headers.append(
          'prefer',
          random.pick(['count=exact', 'count=planned', 'resolution=merge-duplicates', 'missing=default', 'return=headers-only']),
        )
      if (random.chance(0.3)) headers.append('prefer', 'return=representation')
      if (random.chance(0.05)) headers.append('prefer', `timezone=${encodeURIComponent(random.pick(hostile))}`)
      if (random.chance(0.1))
        headers.append(
          'accept',
          random.pick(['text/csv', 'application/vnd.pgrst.object+json', 'application/vnd.pgrst.array;nulls=stripped']),
        )
      const extra = random.chance(0.1)
        ? `&on_conflict=${encodeURIComponent(disturb('id'))}`
        : random.chance(0.1)
          ? `&columns=${encodeURIComponent(disturb('id'))}`
          : ''
      const body = writes ? JSON.stringify(random.chance(0.5) ? requests.row(table) : [requests.row(random.pick(tables))]) : undefined
      let wrong: unknown
      const answer = await serveRequest(
        { method, path, query: query + extra, headers, body },
        {
          model: blog.model,
          access,
          authenticated: true,
          run: (options, work) =>
            blog.database.runAndRollBack(options, (send) =>
              work(async (text, values) => {
                try {
                  return await send(text, values)
                } catch (error) {
                  const { code = 'XX', message } = error as { code?: string; message: string }
                  // What is searched for has a syntax of its own.
                  if (ourFault.test(code) && !message.startsWith('syntax error in tsquery')) wrong = `${String(error)} in ${text}`
                  throw error
                }
              }),
            ),
        },
      )
      const said = `seed ${seed}, request ${at}: ${method} ${target} ${body} → ${answer.status} ${answer.body.slice(0, 300)}`
      expect(wrong, said).toBeUndefined()
      expect(
        answer.status === 300 || (answer.status >= 200 && answer.status < 300) || (answer.status >= 400 && answer.status < 500),
        said,
      ).toBe(true)
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    }
    expect(statuses.get(200) ?? 0, `seed ${seed}: ${JSON.stringify([...statuses])}`).toBeGreaterThan(count / 20)
    const left = await blog.database.query('SELECT count(*)::int AS n FROM blog.posts', [])
    expect(left).toEqual([{ n: 4 }])
  })
})
