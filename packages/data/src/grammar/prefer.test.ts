import { describe, expect, test } from 'vitest'
import { bare, thrown } from './fixtures/reading.ts'
import { parsePrefer, preferenceApplied } from './prefer.ts'

describe('Prefer', () => {
  test.each([
    [undefined, {}],
    ['', {}],
    [',, ,', {}],
    ['return=representation', { return: 'representation' }],
    ['return=minimal, count=exact', { return: 'minimal', count: 'exact' }],
    ['resolution=merge-duplicates,missing=default', { resolution: 'merge-duplicates', missing: 'default' }],
    ['tx=rollback  ,  tx=commit', { tx: 'rollback' }],
    ['count=none, count=planned', { count: 'planned' }],
    ['timezone=America/Los_Angeles', { timezone: 'America/Los_Angeles' }],
    ['timezone=+05:30,timezone=UTC', { timezone: '+05:30' }],
    ['max-affected=10, max-affected=1', { maxAffected: 10 }],
    ['max-affected=99999999999999999999', { maxAffected: Number.MAX_SAFE_INTEGER }],
    ['max-affected=-1', {}],
    ['timezone=', {}],
    ['handling=lenient, anything, return=everything', { handling: 'lenient' }],
    ['constructor=x, __proto__=y, toString', {}],
    ['Return=minimal', {}],
  ])('%j', (header, preferences) => {
    expect(bare(parsePrefer(header))).toEqual(preferences)
  })

  test.each([
    ['handling=strict, anything', 'anything'],
    ['something, else, handling=strict', 'something, else'],
    ['handling=strict,return=everything,count=none', 'return=everything, count=none'],
    ['handling=strict,max-affected=few', 'max-affected=few'],
    ['handling=strict,timezone=', 'timezone='],
  ])('%j is refused', (header, invalid) => {
    expect(thrown(() => parsePrefer(header)).toJSON()).toEqual({
      code: 'PGRST122',
      message: 'Invalid preferences given with handling=strict',
      details: `Invalid preferences: ${invalid}`,
      hint: null,
    })
  })

  test('the first handling counts', () => {
    expect(parsePrefer('handling=lenient, handling=strict, anything').handling).toBe('lenient')
  })
})

describe('Preference-Applied', () => {
  test.each([
    ['', undefined],
    ['max-affected=3', undefined],
    ['return=minimal', 'return=minimal'],
    ['count=exact,return=representation,missing=default', 'missing=default, return=representation, count=exact'],
    [
      'max-affected=3,timezone=UTC,handling=strict,tx=commit,count=planned,return=headers-only,missing=null,resolution=ignore-duplicates',
      'resolution=ignore-duplicates, missing=null, return=headers-only, count=planned, tx=commit, handling=strict, timezone=UTC, max-affected=3',
    ],
    ['handling=lenient, max-affected=10', 'handling=lenient'],
  ])('of %j is %j', (header, applied) => {
    expect(preferenceApplied(parsePrefer(header))).toBe(applied)
  })

  test('leaves out what was not followed', () => {
    expect(preferenceApplied({ count: 'exact' })).toBe('count=exact')
  })
})
