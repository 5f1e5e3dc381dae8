// Row invariance: rows that the asker may not see change nothing in any answer, not even whether it is an error.
import { describe, expect, test } from 'vitest'
import type { Access } from './contract.ts'
import { type Blog, createBlog, ownRows } from '../fixtures/blog.ts'
import { hasPostgres } from '../fixtures/database.ts'
import { RandomRequests } from '../fixtures/random-requests.ts'
import { newSeed, Random } from '../grammar/fixtures/random.ts'

const count = Number(process.env['COUNT'] ?? 400)

/** Rows of somebody else, among them values on which casts, patterns and paths fail. */
const foreignRows = `
INSERT INTO blog.users (id, name) SELECT n, 'user (' || n FROM generate_series(100, 140) n;
INSERT INTO blog.profiles SELECT n, E'not \\\\ a number', 2 FROM generate_series(100, 140) n;
INSERT INTO blog.posts (id, title, likes, data, code, raw, owner, parent)
  SELECT n, CASE n % 3 WHEN 0 THEN '(' WHEN 1 THEN E'a_\\\\' ELSE 'x' END, n, '{"n": "bad", "deep": "bad"}', 'bad',
    '{"n": "\\u0000"}', 2, 1 FROM generate_series(100, 140) n;
INSERT INTO blog.tags SELECT n, 'x', 2 FROM generate_series(100, 140) n;
INSERT INTO blog.posts_tags SELECT n, n, 2 FROM generate_series(100, 140) n;
INSERT INTO blog.posts_tags SELECT 1, n, 2 FROM generate_series(100, 140) n;
ANALYZE blog.users, blog.profiles, blog.posts, blog.tags, blog.posts_tags;
UPDATE blog.posts SET code = 'worse' WHERE owner = 2;
DELETE FROM blog.tags WHERE id > 140;
`

/** The same rows as by a plain comparison, but in a shape that the planner may turn into a join. */
function throughSubquery(user: number): Access {
  return ownRows(user, {
    rows: (table, _, alias) => {
      const column = table === 'users' ? 'id' : 'owner'
      return { texts: [`EXISTS (SELECT FROM blog.users s WHERE s.id = ${alias}."${column}" AND s.id = `, '::int)'], values: [user] }
    },
  })
}

/** A rule that costs more than any condition, so that conditions would be tried first where nothing holds them back. */
function costly(user: number): Access {
  return ownRows(user, {
    rows: (table, _, alias) => {
      const column = table === 'users' ? 'id' : 'owner'
      return { texts: [`coalesce((SELECT s.id FROM blog.users s WHERE s.id = ${alias}."${column}"), 0) = `, '::int'], values: [user] }
    },
  })
}

/** Conflicts of keys are told about, whosever rows they are with; which of several is found first is chance. */
function isConflict(answer: string): boolean {
  return answer.includes('→ 409')
}

async function answers(blog: Blog, access: Access, seed: number): Promise<string[]> {
  const random = new Random(seed)
  const requests = new RandomRequests(random)
  const all: string[] = []
  for (let at = 0; at < count; at++) {
    const target = requests.target()
    const counting = random.chance(0.3) ? { prefer: `count=${random.pick(['exact', 'planned', 'estimated'])}` } : {}
    const method = random.chance(0.05) ? 'DELETE' : 'GET'
    const answer = await blog.ask(access, method, target, undefined, counting)
    all.push(`${method} ${decodeURIComponent(target)} → ${answer.status} ${JSON.stringify(answer.headers)} ${answer.body}`)
  }
  return all
}

describe.skipIf(!(await hasPostgres()))('rows that may not be read', () => {
  test.each([
    ['a comparison', ownRows(1)],
    ['a subquery', throughSubquery(1)],
    ['costly', costly(1)],
  ])('change no answer, with a rule that is %s', { timeout: 60_000 }, async (_, access) => {
    const seed = newSeed()
    const blog = await createBlog()
    try {
      const before = await answers(blog, access, seed)
      expect(before.filter((it) => it.includes('→ 200')).length, `seed ${seed}`).toBeGreaterThan(count / 4)
      await blog.database.script(foreignRows)
      const after = await answers(blog, access, seed)
      const changed = after.flatMap((it, at) =>
        it === before[at] || (isConflict(it) && isConflict(before[at]!)) ? [] : [`${before[at]}\n now ${it}`],
      )
      expect(changed, `seed ${seed}`).toEqual([])
    } finally {
      await blog.database.drop()
    }
  })
})
