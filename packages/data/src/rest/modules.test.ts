import { eq, sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import { app } from 'plinth'
import { cors } from 'plinth/middleware'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Database, database, DatabaseEngine } from '../database/database.ts'
import { transaction } from '../database/current.ts'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { everyone } from '../resource/everyone.ts'
import { resource } from '../resource/resource.ts'
import { postgrestErrors } from './postgrest-errors.ts'
import { resources } from './resources.ts'

const shop = pg.pgSchema('shop')
const owners = pg.pgTable('owners', { id: pg.integer().primaryKey(), fullName: pg.text() })
const goods = shop.table('goods', {
  id: pg.integer().primaryKey(),
  ownerId: pg.integer().references(() => owners.id),
  soldAt: pg.timestamp(),
})
const slow = pg.pgTable('slow', { id: pg.integer().primaryKey() })

const schemaSql = `
CREATE SCHEMA shop;
CREATE TABLE owners (id int PRIMARY KEY, full_name text);
CREATE TABLE shop.goods (id int PRIMARY KEY, owner_id int REFERENCES owners, sold_at timestamp);
CREATE TABLE slow (id int PRIMARY KEY);
INSERT INTO owners VALUES (1, 'Ann'); INSERT INTO shop.goods VALUES (1, 1, NULL), (2, NULL, '2026-01-01'); INSERT INTO slow VALUES (1);
`

const Owners = resource(owners, { access: { read: everyone }, relations: ['goods'] })
const Goods = resource(goods, {
  access: { read: everyone, update: everyone },
  columns: { sold: { compute: (row) => sql`(${row.soldAt} IS NOT NULL)`, type: 'boolean' } },
  relations: ['owner'],
})
const Slow = resource(slow, { access: { read: () => sql`(SELECT TRUE FROM pg_sleep(30))` } })

describe.each(engines)('resources in an application ($kind)', ({ kind, template }) => {
  let origin: Template
  let own: TestEngine
  let fetch: (request: Request) => Promise<Response>
  beforeAll(async () => {
    origin = await template(schemaSql)
    own = await origin.clone()
    const built = await app()
      .use(database({ schema: { owners, goods }, casing: 'snake_case' }))
      .use(cors({ origins: ['https://front.example'] }))
      .use('/all', resources(Owners, Goods, Slow))
      .use('/orgs/some/shop', resources({ name: 'shop', bodyLimit: 100 }, Goods))
      .post('/both', async (ctx) => {
        const seen: unknown[] = []
        const work = transaction(async () => {
          await ctx.use(Database).update(goods).set({ ownerId: null }).where(eq(goods.id, 1))
          seen.push(await ctx.use(Goods).for(ctx).update(2, { ownerId: 1 }))
          seen.push(
            await ctx
              .use(Goods)
              .for(ctx)
              .find({ where: eq(goods.ownerId, 1), columns: ['id'] }),
          )
          throw new Error('taken back')
        })
        return { failed: await work.catch((error: Error) => error.message), seen }
      })
      .build({ replace: [DatabaseEngine.with(own.engine)] })
    fetch = built.fetch as typeof fetch
  }, 60_000)
  afterAll(async () => {
    await own[Symbol.asyncDispose]()
    await origin[Symbol.asyncDispose]()
  })
  const ask = async (path: string, init: RequestInit = {}): Promise<{ status: number; json: unknown; headers: Headers }> => {
    const answer = await fetch(new Request(`http://a${path}`, init))
    const text = await answer.text()
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text), headers: answer.headers }
  }

  test('tables of several schemas, and columns without names, are found under one roof', async () => {
    const { json } = await ask('/all/goods?select=id,soldAt,sold,owner(fullName)&order=id')
    expect(json).toEqual([
      { id: 1, soldAt: null, sold: false, owner: { fullName: 'Ann' } },
      { id: 2, soldAt: '2026-01-01T00:00:00', sold: true, owner: null },
    ])
    expect((await ask('/all/goods?select=id&sold=is.true')).json).toEqual([{ id: 2 }])
  })

  test('a module serves what it lists, and leads nowhere else', async () => {
    expect((await ask('/orgs/some/shop/goods?select=id&order=id')).json).toEqual([{ id: 1 }, { id: 2 }])
    expect(await ask('/orgs/some/shop/owners')).toMatchObject({ status: 404, json: { code: 'PGRST205' } })
    expect(await ask('/orgs/some/shop/goods?select=owner(*)')).toMatchObject({ status: 400, json: { code: 'PGRST200' } })
    expect((await ask('/orgs/some/shop/goods?limit=1')).headers.get('content-location')).toBe('/orgs/some/shop/goods?limit=1')
  })

  test('what holds for the application holds for them: other origins, limits of bodies', async () => {
    const origin = { origin: 'https://front.example' }
    const preflight = await ask('/all/goods', { method: 'OPTIONS', headers: { ...origin, 'access-control-request-method': 'PATCH' } })
    expect(preflight.headers.get('access-control-allow-origin')).toBe('https://front.example')
    expect((await ask('/all/goods', { headers: origin })).headers.get('access-control-allow-origin')).toBe('https://front.example')
    const large = await ask('/orgs/some/shop/goods?id=eq.1', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ soldAt: ' '.repeat(100) }),
    })
    expect(large).toMatchObject({ status: 413, json: { code: 'body-too-large' } })
  })

  test('handwritten code shares their transactions', async () => {
    expect((await ask('/both', { method: 'POST' })).json).toEqual({
      failed: 'taken back',
      seen: [{ id: 2, ownerId: 1, soldAt: '2026-01-01T00:00:00.000Z' }, [{ id: 2 }]],
    })
    expect((await ask('/all/goods/1')).json).toMatchObject({ ownerId: 1 })
  })

  test.skipIf(kind === 'embedded')('a client that goes away ends its statement (an embedded database ends none from outside)', async () => {
    const gone = new AbortController()
    const asked = ask('/all/slow', { signal: gone.signal }).catch((error: unknown) => error)
    const running = async (): Promise<number> => {
      const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%FROM pg_sleep(30)%' AND pid <> pg_backend_pid()`
      return (await own.engine.query({ text, values: [] }))[0]!['n'] as number
    }
    await expect.poll(running, { timeout: 10_000 }).toBe(1)
    gone.abort()
    await expect.poll(running, { timeout: 10_000 }).toBe(0)
    await asked
  })

  test('other modules may have their errors in the same shape', async () => {
    const { module, refuse } = await import('plinth')
    const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log }
    const other = await app({ log })
      .use(
        '/rpc',
        module('rpc', { errors: postgrestErrors })
          .get('/no', () => refuse('forbidden'))
          .get('/broken', () => Promise.reject(new Error('secret'))),
      )
      .build()
    const said = async (path: string): Promise<unknown> => {
      const answer = (await other.fetch(new Request(`http://a${path}`))) as Response
      return [answer.status, await answer.json()]
    }
    expect(await said('/rpc/no')).toEqual([
      403,
      { code: 'forbidden', message: 'You may not do this', details: null, hint: 'Ask somebody who may.' },
    ])
    expect(await said('/rpc/broken')).toMatchObject([500, { code: 'internal-error', details: expect.stringMatching(/^Request id /) }])
    expect(await said('/rpc/a%00b')).toMatchObject([400, { code: 'malformed-path' }])
    await other.close()
  })
})
