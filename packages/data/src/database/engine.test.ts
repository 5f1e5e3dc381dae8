// What both engines promise: the contract of `Engine`, held against each.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { engines, type Template, type TestEngine } from '../fixtures/engines.ts'
import { afterCommit, transaction } from './current.ts'
import { outsideTransaction } from './ambient.ts'
import { DatabaseUnavailable, QueryTimeout, TransactionError } from './errors.ts'

const sql = 'CREATE TABLE notes (id int PRIMARY KEY, text text NOT NULL)'

describe.each(engines)('an engine ($kind)', ({ kind, template }) => {
  let origin: Template
  let database: TestEngine
  const told: unknown[] = []
  beforeAll(async () => {
    origin = await template(sql)
    database = await origin.clone({ report: (error, what) => told.push([what, error]) })
  }, 60_000)
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]()
    await origin?.[Symbol.asyncDispose]()
  })

  const query = (text: string, ...values: unknown[]) => database.engine.query({ text, values })
  const ids = async (): Promise<unknown[]> => (await query('SELECT id FROM notes ORDER BY id')).map((it) => it['id'])
  const insert = (id: number) => query('INSERT INTO notes VALUES ($1, $2)', id, `note ${id}`)
  const emptied = () => query('DELETE FROM notes')
  /** The error of `work`, which must fail. */
  const failure = async (work: Promise<unknown>): Promise<Error & { code?: string }> => {
    try {
      await work
    } catch (error) {
      return error as Error
    }
    throw new Error('nothing failed')
  }

  test('answers rows with the values as pg types them', async () => {
    const rows = await query(
      `SELECT $1::int AS i, $2::int8 AS l, $3::jsonb AS j, now() AS t, NULL AS n, '{1,2}'::int[] AS a`,
      1,
      '2',
      '{"a":1}',
    )
    expect(rows).toEqual([{ i: 1, l: '2', j: { a: 1 }, t: expect.any(Date), n: null, a: [1, 2] }])
  })

  test('answers the same statement each time, prepared or not', async () => {
    for (let i = 0; i < 5; i++) expect(await query('SELECT $1::int + 1 AS next', i)).toEqual([{ next: i + 1 }])
    const known = await database.engine.query({ text: 'SELECT 7 AS seven', values: [], name: 'seven' })
    expect(known).toEqual([{ seven: 7 }])
  })

  test('two statements of one name do not get into each other’s way', async () => {
    expect(await database.engine.query({ text: 'SELECT 1 AS a', values: [], name: 'same' })).toEqual([{ a: 1 }])
    expect(await database.engine.query({ text: 'SELECT 2 AS a', values: [], name: 'same' })).toEqual([{ a: 2 }])
  })

  test('prepares a statement anew after the table behind it has changed', async () => {
    await database.engine.script('CREATE TABLE changing (a int); INSERT INTO changing VALUES (1)')
    for (let i = 0; i < 4; i++) expect(await query('SELECT * FROM changing')).toEqual([{ a: 1 }])
    await database.engine.script('ALTER TABLE changing ADD b text')
    for (let i = 0; i < 4; i++) expect(await query('SELECT * FROM changing')).toEqual([{ a: 1, b: null }])
  })

  test('passes on what PostgreSQL says, with its SQLSTATE', async () => {
    await emptied()
    await insert(1)
    expect(await failure(insert(1))).toMatchObject({ code: '23505', constraint: 'notes_pkey' })
    const error = await failure(query('SELECT * FROM nowhere'))
    expect(error).toMatchObject({ code: '42P01' })
    // The stack leads to whoever asked.
    expect(error.stack).toMatch(/engine\.test\.ts/)
    expect(await ids()).toEqual([1])
  })

  test('a script holds several statements; one that fails leaves no transaction open', async () => {
    await emptied()
    await database.engine.script(`INSERT INTO notes VALUES (1, 'a'); INSERT INTO notes VALUES (2, 'b')`)
    expect(await failure(database.engine.script(`BEGIN; INSERT INTO notes VALUES (3, 'c'); SELECT 1/0`))).toMatchObject({ code: '22012' })
    expect(await ids()).toEqual([1, 2])
    await insert(4)
    expect(await ids()).toEqual([1, 2, 4])
  })

  test('a transaction that nobody ended is taken back, not handed to the next', async () => {
    await emptied()
    await database.engine.script('BEGIN')
    await insert(1)
    await expect.poll(ids).toEqual([1])
  })

  test('many statements at once each get their own answer', async () => {
    const answers = await Promise.all(Array.from({ length: 200 }, (_, i) => query('SELECT $1::int AS i', i)))
    expect(answers.map((rows) => rows[0]?.['i'])).toEqual(Array.from({ length: 200 }, (_, i) => i))
  })

  describe('transactions', () => {
    test('commit what their work did, through whatever handle', async () => {
      await emptied()
      const answer = await database.engine.transaction({}, async (session) => {
        await session.query({ text: `INSERT INTO notes VALUES (1, 'a')`, values: [] })
        await insert(2)
        await session.script(`INSERT INTO notes VALUES (3, 'c')`)
        return 'done'
      })
      expect(answer).toBe('done')
      expect(await ids()).toEqual([1, 2, 3])
    })

    test('take everything back when their work rejects, and pass the rejection on', async () => {
      await emptied()
      const reason = new Error('no')
      expect(
        await failure(
          transaction(async () => {
            await insert(1)
            throw reason
          }),
        ),
      ).toBe(reason)
      expect(await ids()).toEqual([])
    })

    test('that fail hold no lock any more when they are told to have failed', async () => {
      const held = () => query('SELECT pg_try_advisory_xact_lock(77) AS free')
      for (let round = 0; round < 50; round++) {
        await failure(
          transaction(async () => {
            await held()
            throw new Error('no')
          }),
        )
        expect(await held()).toEqual([{ free: true }])
      }
    })

    test('send statements that are asked at once in order', async () => {
      await emptied()
      await transaction(async () => {
        await Promise.all([insert(1), insert(2), query('UPDATE notes SET id = id + 10'), insert(3)])
      })
      expect(await ids()).toEqual([3, 11, 12])
    })

    test('an inner one is a savepoint: what it did goes with it, what was before stays', async () => {
      await emptied()
      await transaction(async () => {
        await insert(1)
        const inner = transaction(async () => {
          await insert(2)
          await transaction(() => insert(3))
          await insert(1)
        })
        expect(await failure(inner)).toMatchObject({ code: '23505' })
        await transaction(() => insert(4))
      })
      expect(await ids()).toEqual([1, 4])
    })

    test('read only ones refuse to write', async () => {
      expect(await failure(transaction(() => insert(1), { readOnly: true }))).toMatchObject({ code: '25006' })
    })

    test('have the isolation that was asked for', async () => {
      const shown = async () => (await query('SHOW transaction_isolation'))[0]?.['transaction_isolation']
      expect(await transaction(shown, { isolation: 'serializable' })).toBe('serializable')
      expect(await transaction(shown)).toBe('read committed')
      const inner = transaction(() => transaction(shown, { isolation: 'serializable' }), { isolation: 'repeatable read' })
      const error = await failure(inner)
      expect(error).toBeInstanceOf(TransactionError)
      expect(error.message).toBe(
        "A transaction asks for 'serializable' inside one that is 'repeatable read', which can't change any more: give the outer one { isolation: 'serializable' }",
      )
    })

    test('tell when a failure was swallowed, since nothing of them remains', async () => {
      await emptied()
      const swallowed = transaction(async () => {
        await insert(1)
        await insert(1).catch(() => {})
      })
      const error = await failure(swallowed)
      expect(error).toMatchObject({ name: 'TransactionError', code: 'transaction-aborted' })
      expect(error.message).toMatch(/^A statement failed inside the transaction and its error was caught, so that nothing/)
      expect(await ids()).toEqual([])
      await transaction(async () => {
        await insert(5)
        const inner = transaction(async () => void (await query('SELECT 1/0').catch(() => {})))
        expect(await failure(inner)).toMatchObject({ code: 'transaction-aborted' })
      })
      expect(await ids()).toEqual([5])
    })

    test('refuse a statement that comes after their end', async () => {
      await emptied()
      let late: (() => Promise<unknown>) | undefined
      let session: { query(statement: { text: string; values: unknown[] }): Promise<unknown> } | undefined
      let go!: () => void
      const gone = new Promise<void>((resolve) => (go = resolve))
      let ended: Promise<Error> | undefined
      await database.engine.transaction({}, async (it) => {
        session = it
        late = () => insert(1)
        ended = failure(gone.then(() => insert(2)))
      })
      go()
      expect(await ended).toMatchObject({ code: 'transaction-ended' })
      expect((await ended)?.message).toBe(
        'a statement came after its transaction had ended: await everything inside the transaction, or start it with afterCommit(…) or outsideTransaction(…)',
      )
      expect(await failure(session!.query({ text: 'SELECT 1', values: [] }))).toMatchObject({ code: 'transaction-ended' })
      await late!()
      expect(await ids()).toEqual([1])
    })

    test('refuse savepoints side by side, and statements beside one', async () => {
      await emptied()
      const both = transaction(async () => {
        await Promise.all([transaction(() => insert(1)), transaction(() => insert(2))])
      })
      expect(await failure(both)).toMatchObject({ code: 'transaction-parallel' })
      const beside = transaction(async () => {
        await Promise.all([transaction(() => insert(1)), insert(2)])
      })
      expect((await failure(beside)).message).toBe(
        'a statement came beside a savepoint that is open in the same transaction, and would be taken back with it: await the inner transaction first, rather than running both at once',
      )
      expect(await ids()).toEqual([])
    })

    test('let the work of an inner one use what the outer one was handed', async () => {
      await emptied()
      await database.engine.transaction({}, (outer) =>
        transaction(async () => void (await outer.query({ text: `INSERT INTO notes VALUES (1, 'a')`, values: [] }))),
      )
      expect(await ids()).toEqual([1])
    })

    test('are taken back when they ask nothing for too long; the engine closes once, and refuses then', async () => {
      await using other = await origin.clone({ idleMs: 30 })
      const idle = other.engine.transaction({}, async (session) => {
        await session.query({ text: `INSERT INTO notes VALUES (1, 'a')`, values: [] })
        await new Promise(() => {})
      })
      expect((await failure(idle)).message).toBe(
        'A transaction asked nothing for 30 ms, so it was taken back: end it before waiting for something else, or raise idleMs',
      )
      expect(await other.engine.query({ text: 'SELECT * FROM notes', values: [] })).toEqual([])
      await other.engine.ready()
      const closing = other.engine.close()
      expect(other.engine.close()).toBe(closing)
      await closing
      expect(await failure(other.engine.query({ text: 'SELECT 1', values: [] }))).toBeInstanceOf(DatabaseUnavailable)
      await expect(other.engine.ready()).rejects.toThrow('The database is closed')
    }, 60_000)

    test('end when they take too long as a whole, or when their signal aborts', async () => {
      await emptied()
      const slow = transaction(
        async () => {
          await insert(1)
          for (;;) await query('SELECT 1')
        },
        { timeoutMs: 50 },
      )
      expect(await failure(slow)).toMatchObject({ code: 'transaction-timeout' })
      const controller = new AbortController()
      const reason = new Error('gone')
      const aborted = transaction(
        async () => {
          await insert(1)
          controller.abort(reason)
          await insert(2)
        },
        { signal: controller.signal },
      )
      expect(await failure(aborted)).toBe(reason)
      await expect.poll(ids).toEqual([])
    })

    test('run again after a serialization failure as often as they may, and no more', async () => {
      let runs = 0
      const conflict = () => query(`DO $$ BEGIN RAISE EXCEPTION 'conflict' USING ERRCODE = '40001'; END $$`)
      const work = async (): Promise<string> => {
        runs++
        await insert(100)
        if (runs < 3) await conflict()
        return 'made it'
      }
      await emptied()
      expect(await transaction(work, { retries: 2 })).toBe('made it')
      expect(runs).toBe(3)
      expect(await ids()).toEqual([100])
      await emptied()
      runs = 0
      expect(await failure(transaction(work, { retries: 1 }))).toMatchObject({ code: '40001' })
      expect(runs).toBe(2)
    })

    test('run effects once they have committed, of inner ones too, and never when they are taken back', async () => {
      await emptied()
      const seen: unknown[] = []
      await transaction(async () => {
        afterCommit(async () => seen.push(['outer', await ids()]))
        await insert(1)
        await transaction(async () => {
          afterCommit(() => seen.push('inner'))
          await insert(2)
        })
        await failure(
          transaction(async () => {
            afterCommit(() => seen.push('lost'))
            throw new Error('no')
          }),
        )
        expect(seen).toEqual([])
      })
      expect(seen).toEqual([['outer', [1, 2]], 'inner'])
      await failure(
        transaction(async () => {
          afterCommit(() => seen.push('lost'))
          throw new Error('no')
        }),
      )
      expect(seen).toHaveLength(2)
    })

    test('stand although an effect fails, which is told', async () => {
      await emptied()
      told.length = 0
      const reason = new Error('mail')
      await transaction(async () => {
        afterCommit(() => Promise.reject(reason))
        await insert(1)
      })
      expect(told).toEqual([['an effect after a commit failed', reason]])
      expect(await ids()).toEqual([1])
    })

    test('without one, an effect runs at once', async () => {
      let ran = false
      afterCommit(() => (ran = true))
      expect(ran).toBe(true)
    })

    test(
      kind === 'server' ? 'what is done outside of one stays' : 'what is done outside of one, which would wait for ever, is refused',
      async () => {
        await emptied()
        const both = transaction(async () => {
          await insert(1)
          await outsideTransaction(() => insert(2))
          throw new Error('no')
        })
        const error = await failure(both)
        if (kind === 'server') expect(error.message).toBe('no')
        else {
          expect(error.message).toBe(
            'A statement outside the transaction would wait for that transaction, which waits for the statement: an embedded database has one session: do it inside the transaction or after it, or use a server by setting DATABASE_URL',
          )
        }
        expect(await ids()).toEqual(kind === 'server' ? [2] : [])
      },
    )
  })

  describe('limits', () => {
    const slow = kind === 'server' ? 'SELECT pg_sleep(30)' : 'SELECT count(*) FROM generate_series(1, 300000)'

    test('a statement that takes too long is given up', async () => {
      const error = await failure(database.engine.query({ text: slow, values: [] }, { timeoutMs: 30 }))
      expect(error).toBeInstanceOf(QueryTimeout)
      expect(error.message).toBe('The statement did not end within 30 ms; it was stopped')
      expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    }, 60_000)

    test('a statement whose signal aborts rejects with its reason', async () => {
      const reason = new Error('gone')
      const controller = new AbortController()
      const asked = failure(database.engine.query({ text: slow, values: [] }, { signal: controller.signal }))
      setImmediate(() => controller.abort(reason))
      expect(await asked).toBe(reason)
      expect(await failure(database.engine.query({ text: slow, values: [] }, { signal: controller.signal }))).toBe(reason)
      expect(await query('SELECT 1 AS one')).toEqual([{ one: 1 }])
    }, 60_000)
  })

  test('hears notifications until it stops listening, and only of committed transactions', async () => {
    const heard: string[] = []
    const listening = await database.engine.listen('news "of the day"', (payload) => heard.push(payload))
    const notify = (payload: string) => query('SELECT pg_notify($1, $2)', 'news "of the day"', payload)
    await notify('one')
    await failure(
      transaction(async () => {
        await notify('lost')
        throw new Error('no')
      }),
    )
    await transaction(() => notify('two'))
    await expect.poll(() => heard).toEqual(['one', 'two'])
    await listening[Symbol.asyncDispose]()
    await notify('three')
    const again = await database.engine.listen('news "of the day"', (payload) => heard.push(payload))
    await notify('four')
    await expect.poll(() => heard).toEqual(['one', 'two', 'four'])
    await again[Symbol.asyncDispose]()
  })
})
