import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openAccess } from '../access/open-access.ts'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { introspect } from '../model/introspect.ts'
import { serveRequest } from '../respond/serve-request.ts'
import { queryOf, runOn } from './run.ts'
import { transaction } from './current.ts'

describe.each(engines)('requests on tables over an engine ($kind)', ({ template }) => {
  let origin: Template
  let own: TestEngine
  beforeAll(async () => {
    origin = await template('CREATE TABLE posts (id int PRIMARY KEY, title text NOT NULL)')
    own = await origin.clone()
  }, 60_000)
  afterAll(async () => {
    await own?.[Symbol.asyncDispose]()
    await origin?.[Symbol.asyncDispose]()
  })
  const ask = async (method: string, query: string, body?: unknown, headers: { [name: string]: string } = {}) => {
    const model = await introspect(queryOf(own.engine), ['public'])
    const text = body === undefined ? undefined : JSON.stringify(body)
    const parts = { method, path: '/posts', query, headers: new Headers({ ...headers }), body: text }
    const { status, body: answer } = await serveRequest(parts, { model, access: openAccess(), run: runOn(own.engine) })
    return { status, answer: answer === '' ? undefined : (JSON.parse(answer) as unknown) }
  }
  const back = { prefer: 'return=representation' }

  test('write in one transaction and read without', async () => {
    const made = [
      { id: 1, title: 'a' },
      { id: 2, title: 'b' },
    ]
    expect(await ask('POST', '', made, back)).toEqual({ status: 201, answer: made })
    expect(await ask('GET', 'id=eq.2')).toEqual({ status: 200, answer: [{ id: 2, title: 'b' }] })
    expect(
      await ask('POST', '', [
        { id: 3, title: 'c' },
        { id: 1, title: 'd' },
      ]),
    ).toMatchObject({ status: 409, answer: { code: '23505' } })
    expect((await ask('GET', 'select=id&order=id')).answer).toEqual([{ id: 1 }, { id: 2 }])
  })

  test('a write that fails takes nothing else of the transaction along that it joined', async () => {
    await transaction(async () => {
      expect((await ask('POST', '', { id: 20, title: 'kept' })).status).toBe(201)
      expect((await ask('POST', '', { id: 20, title: 'again' })).status).toBe(409)
      expect((await ask('POST', '', { id: 21, title: 'kept as well' })).status).toBe(201)
    })
    expect((await ask('GET', 'id=gte.20&select=id&order=id')).answer).toEqual([{ id: 20 }, { id: 21 }])
  })

  test('a setting of one request does not stay for the next', async () => {
    const before = await own.engine.query({ text: 'SHOW timezone', values: [] })
    expect((await ask('GET', 'id=eq.1', undefined, { prefer: 'timezone=Asia/Tokyo' })).status).toBe(200)
    for (let i = 0; i < 3; i++) expect(await own.engine.query({ text: 'SHOW timezone', values: [] })).toEqual(before)
  })

  test('join the transaction that is under way', async () => {
    const work = transaction(async () => {
      expect((await ask('POST', '', { id: 9, title: 'z' })).status).toBe(201)
      expect((await ask('GET', 'id=eq.9')).answer).toHaveLength(1)
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect((await ask('GET', 'id=eq.9')).answer).toEqual([])
  })

  test('a read whose signal is made on demand does not have it made', async () => {
    let made = 0
    const run = runOn(own.engine, {
      get signal() {
        made++
        return undefined
      },
    })
    const read = () => run({ transaction: false, readOnly: true }, (query) => query('SELECT id FROM posts WHERE id = $1', [1]))
    if (own.engine.kind === 'embedded') return expect(await read()).toEqual([{ id: 1 }])
    await expect
      .poll(async () => {
        made = 0
        expect(await read()).toEqual([{ id: 1 }])
        return made
      })
      .toBe(0)
  })
})
