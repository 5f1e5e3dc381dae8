import { describe, expect, test } from 'vitest'
import { Statements, took } from './statements.ts'

describe('statements', () => {
  test('are named at their second use, at their first where they are asked often, and never where nothing is prepared', () => {
    const known = new Statements(true)
    expect(known.use('SELECT 1', false)?.name).toBe(undefined)
    const name = known.use('SELECT 1', false)?.name
    expect(name).toMatch(/^plinth\w+$/)
    expect(known.use('SELECT 1', false)?.name).toBe(name)
    expect(known.use('SELECT 2', true)?.name).toMatch(/^plinth\w+$/)
    expect(known.use('SELECT 2', true)?.name).not.toBe(name)
    expect(new Statements(false).use('SELECT 1', true)).toBe(undefined)
    expect(known.use(`SELECT '${'x'.repeat(40_000)}'`, true)).toBe(undefined)
  })

  test('asked once are forgotten first, however many there are', () => {
    const known = new Statements(true)
    for (let i = 0; i < 10; i++) known.use('SELECT now()', false)
    const name = known.use('SELECT now()', false)?.name
    for (let i = 0; i < 5_000; i++) {
      known.use(`SELECT ${i}`, false)
      if (i % 100 === 0) known.use('SELECT now()', false)
    }
    expect(known.use('SELECT now()', false)?.name).toBe(name)
    expect(known.use('SELECT 0', false)?.uses).toBe(1)
  })

  test('that take long alone again and again are kept apart for a while, and come back once they are quick', () => {
    const known = new Statements(true).use('SELECT 1', false)!
    for (let i = 0; i < 3; i++) took(known, 30, true)
    expect(known.slowUntil).toBe(0)
    took(known, 30, true)
    expect(known.slowUntil).toBeGreaterThan(performance.now())
    took(known, 3, true)
    expect(known.slowUntil).toBe(0)
  })

  test('are not found slow by single runs of a busy process, nor by their wait in a line', () => {
    const known = new Statements(true).use('SELECT 1', false)!
    for (let i = 0; i < 40; i++) {
      took(known, 30, i % 4 !== 3)
      if (i % 4 === 3) took(known, 3, false)
    }
    for (let i = 0; i < 40; i++) took(known, 300, false)
    expect(known.slowUntil).toBe(0)
  })

  test('that the server had to stop stay away although they are quick with other values', () => {
    const known = new Statements(true).use('SELECT 1', false)!
    const until = (known.slowUntil = performance.now() + 60_000)
    took(known, 3, true)
    expect(known.slowUntil).toBe(until)
  })

  test.each([
    ['SELECT a FROM b', true],
    ['  with a as (select 1) select * from a', true],
    ['SELECT a FROM b FOR UPDATE', false],
    ['SELECT a FROM b FOR NO KEY UPDATE', false],
    ['SELECT a FROM b for share', false],
    ['SELECT a INTO c FROM b', false],
    ['WITH a AS (DELETE FROM b RETURNING *) SELECT * FROM a', false],
    [`SELECT nextval('a')`, false],
    [`SELECT set_config('a', 'b', false)`, false],
    [`SELECT pg_advisory_lock(1)`, false],
    [`SELECT pg_notify('a', 'b')`, false],
    ['INSERT INTO a VALUES (1)', false],
    ['SHOW timezone', false],
    ['', false],
  ])('%j reads only: %s', (text, reads) => {
    expect(new Statements(true).use(text, false)?.reads).toBe(reads)
  })
})
