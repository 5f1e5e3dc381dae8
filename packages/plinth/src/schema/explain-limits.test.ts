import { describe, expect, test } from 'vitest'
import { allows } from './explain.ts'
import { inputCheck } from './index.ts'
import { shapeOf, type Raw } from './shape.ts'
import * as t from './t.ts'
import type { Location } from './contract.ts'

const raw = (schema: object): t.TSchema => t.Unsafe({ '~kind': 'Unsafe', ...schema })
const union = [
  t.Object({ n: t.Optional(t.Number()), type: t.Literal('card') }),
  t.Object({ type: t.Literal('iban'), iban: t.Optional(t.String()) }),
]

/** All issues of a value beside one that is wrong in any case: what was refused is explained, and only then. */
function issues(schema: t.TSchema, value: unknown, location: Location = 'body'): unknown {
  const checked = inputCheck(t.Object({ it: t.Optional(schema), wrong: t.Integer() }), location).check({ it: value, wrong: 'x' })
  if (checked instanceof Promise || checked.ok) throw new Error('not expected to pass')
  return checked.issues.filter((issue) => issue.pointer !== '/wrong').map((issue) => `${issue.pointer} ${issue.message}`)
}

describe('what keeps to the limits is not named among what does not', () => {
  test.each<[string, t.TSchema, readonly unknown[]]>([
    ['the least length', t.String({ minLength: 2 }), ['ab', 'abc', '😀😀', '😀😀😀', 'abcde']],
    ['the greatest length', t.String({ maxLength: 2 }), ['', 'ab', '😀😀', 'a😀']],
    ['format and pattern', t.String({ format: 'email', pattern: '^a' }), ['a@b.example']],
    ['the least', t.Number({ minimum: 0 }), [0, 0.5, 7]],
    ['the greatest', t.Number({ maximum: 5 }), [5, 4.5, -7]],
    ['less than the greatest', t.Number({ exclusiveMaximum: 1 }), [0.5, -1]],
    ['more than the least', t.Number({ exclusiveMinimum: 1 }), [1.5, 7]],
    ['multiples', t.Number({ multipleOf: 5 }), [0, 5, -10]],
    ['several types', raw({ type: ['string', 'null', 'number', 'boolean'] }), ['x', null, 1.5, true]],
    ['choices', t.Enum(['a', 2]), ['a', 2]],
    ['constants that are objects', raw({ const: { a: 1, b: [{ c: 2, d: 3 }] } }), [{ b: [{ d: 3, c: 2 }], a: 1 }]],
    ['choices that are objects', raw({ enum: [{ a: 1, b: 2 }, null, [1]] }), [{ b: 2, a: 1 }, null, [1]]],
    [
      'the least items',
      t.Array(t.Integer(), { minItems: 2 }),
      [
        [1, 1],
        [1, 2, 3],
      ],
    ],
    ['the most items', t.Array(t.Integer(), { maxItems: 2 }), [[], [1, 1]]],
    ['items of which none is twice', t.Array(t.Unknown(), { uniqueItems: true }), [[], [1, '1', [1], { a: 1 }, { a: 2 }, { b: 1 }]]],
    ['tuples', t.Tuple([t.String(), t.Integer()]), [['a', 1]]],
    ['tuples that go on', raw({ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'integer' } }), [['a'], ['a', 1, 2]]],
    ['the fewest fields', t.Record(t.String(), t.Integer(), { minProperties: 1 }), [{ a: 1 }, { a: 1, b: 2 }]],
    ['the most fields', t.Record(t.String(), t.Integer(), { maxProperties: 1 }), [{}, { a: 1 }]],
    ['names', t.Record(t.String(), t.Integer(), { propertyNames: { pattern: '^[a-zé]$' } }), [{ a: 1, é: 2 }]],
    ['no other fields', t.Object({ a: t.Optional(t.Integer()) }, { additionalProperties: false }), [{}, { a: 1 }]],
    ['other fields', t.Object({ a: t.Integer() }, { additionalProperties: t.String() }), [{ a: 1 }, { a: 1, b: 'x' }]],
    [
      'fields of a pattern',
      raw({ type: 'object', patternProperties: { '^a': { type: 'integer' } }, additionalProperties: false }),
      [{ ab: 1 }],
    ],
    [
      'fields of some patterns',
      raw({ type: 'object', patternProperties: { '^a': { type: 'integer' }, '^b': {} } }),
      [{ a: 1, b: 'x', c: 'y' }],
    ],
    ['required fields', raw({ type: 'object', required: ['a'] }), [{ a: null }]],
    ['fields that every object seems to have', t.Object({ constructor: t.Optional(t.String()) }), [{}, { constructor: 'x' }]],
    ['a union', t.Union([t.Number(), t.Integer(), t.String()]), [1, 1.5, 'x']],
    [
      'just one of several',
      raw({
        oneOf: [
          { type: 'number', minimum: 5 },
          { type: 'number', maximum: 3 },
        ],
      }),
      [7, 2],
    ],
    ['all of several', t.Intersect([t.Object({ a: t.Integer() }), t.Object({ b: t.Integer() })]), [{ a: 1, b: 2 }]],
    ['what is known by name', t.Cyclic({ Node: t.Array(t.Ref('Node')) }, 'Node'), [[], [[], [[]]]]],
    ['secrets', t.String({ secret: true, minLength: 2 }), ['ab']],
    [
      'refinements',
      t.Refine(
        t.String(),
        (text) => text === 'x',
        () => 'must be x',
      ),
      ['x'],
    ],
  ])('%s', (_name, schema, values) => {
    for (const value of values) {
      expect([value, issues(schema, value)]).toEqual([value, []])
      expect([value, allows(shapeOf(schema as unknown as Raw, true), value)]).toEqual([value, true])
    }
  })
})

describe('what does not is named', () => {
  test.each<[t.TSchema, unknown, readonly string[]]>([
    [t.String({ minLength: 2 }), '😀', ['/it must have at least 2 characters']],
    [t.String({ minLength: 2 }), 'a', ['/it must have at least 2 characters']],
    [t.String({ maxLength: 2 }), '😀😀😀', ['/it must have at most 2 characters']],
    [t.String({ maxLength: 2, pattern: '^a' }), 'bbb', ['/it must have at most 2 characters']],
    [t.Number(), 'x', ['/it must be a number']],
    [raw({ const: { a: 1 } }), { a: 2 }, ['/it must be {"a":1}']],
    [raw({ const: { a: 1 } }), 1, ['/it must be {"a":1}']],
    [raw({ const: 1 }), { a: 1 }, ['/it must be 1']],
    [
      t.Array(t.Unknown(), { uniqueItems: true }),
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      ['/it must not repeat an item'],
    ],
    [t.Object({ a: t.Integer() }, { additionalProperties: t.String() }), { b: 1 }, ['/it/a is required', '/it/b must be a string']],
    [
      raw({ type: 'object', patternProperties: { '^a': { type: 'integer' }, b$: { minimum: 5 } }, additionalProperties: false }),
      { ab: 1.5, b: 1, c: 1 },
      ['/it/ab must be an integer', '/it/ab must be at least 5', '/it/b must be at least 5', '/it/c is not allowed'],
    ],
    [t.Enum(['a'], { secret: true }), 'b', ['/it is not valid']],
    [t.String({ secret: true, minLength: 2, maxLength: 3, pattern: 'x' }), 'ab', ['/it is not valid']],
    [t.String({ secret: true, minLength: 2, maxLength: 3, pattern: 'x' }), 'abc', ['/it is not valid']],
    [
      t.Refine(
        t.String(),
        () => false,
        () => '',
      ),
      'x',
      ['/it is not valid'],
    ],
    [
      t.Refine(
        t.String({ minLength: 2 }),
        () => false,
        () => 'must be x',
      ),
      'a',
      ['/it must have at least 2 characters'],
    ],
  ])('%j: %j', (schema, value, expected) => {
    expect(issues(schema, value)).toEqual(expected)
    expect(allows(shapeOf(schema as unknown as Raw, true), value)).toBe(false)
  })

  test('with the name whole up to a hundred characters', () => {
    const record = t.Record(t.String(), t.Integer())
    const name = 'x'.repeat(100)
    expect(issues(record, { [name]: 'a' })).toEqual([`/it/${name} must be an integer`])
    expect(issues(record, { [`${name}y`]: 'a' })).toEqual([`/it/${name}… must be an integer`])
  })
})

describe('a union is explained', () => {
  test.each<[string, t.TSchema, unknown, readonly string[]]>([
    ['by the field that tells its objects apart', t.Union(union), { type: 'cash' }, ['/it/type must be "card" or "iban"']],
    ['by it also beside null', t.Union([t.Null(), ...union]), { type: 'cash' }, ['/it/type must be "card" or "iban"']],
    [
      'by it also where the branches are known by name',
      t.Cyclic({ Pay: t.Union([t.Ref('Card'), t.Ref('Iban')]), Card: union[0] as t.TSchema, Iban: union[1] as t.TSchema }, 'Pay'),
      { type: 'cash' },
      ['/it/type must be "card" or "iban"'],
    ],
    ['by its kinds for what is no object', t.Union(union), 'card', ['/it must be an object']],
    ['by its kinds for null', t.Union(union), null, ['/it must be an object']],
    ['by its kinds for a list', t.Union(union), [], ['/it must be an object']],
    ['by the branch of a list', t.Union([...union, t.Array(t.Integer())]), ['x'], ['/it/0 must be an integer']],
    ['by the one branch that was meant', t.Union(union), { type: 'iban', iban: 5 }, ['/it/iban must be a string']],
    [
      'in general where several were meant',
      t.Union([t.Object({ type: t.Literal('a'), n: t.Number() }), t.Object({ type: t.Literal('a'), s: t.String() })]),
      { type: 'a' },
      ['/it must match one of the allowed forms'],
    ],
  ])('%s', (_name, schema, value, expected) => {
    expect(issues(schema, value)).toEqual(expected)
  })

  test('as a name that was repeated where only texts can be sent and no branch takes several', () => {
    expect(issues(t.Union([t.Integer(), t.Boolean()]), ['1', '2'], 'query')).toEqual(['/it must be given only once'])
    expect(issues(t.Union([t.Integer(), t.Array(t.Integer())]), ['x'], 'query')).toEqual(['/it/0 must be an integer'])
    expect(issues(t.Union([t.Integer(), t.Boolean()]), [1, 2])).toEqual(['/it must be an integer or true or false'])
  })
})

test.each<[string, t.TSchema & { readonly '~kind': string }, unknown]>([
  ['items', t.Array(t.Integer()), Array.from({ length: 150 }, () => 'x')],
  ['fields of a record', t.Record(t.String(), t.Integer()), Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, 'x']))],
  ['fields that are missing', t.Object(Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`f${at}`, t.Integer()]))), {}],
])('of very many wrong %s a hundred are named', (_name, schema, value) => {
  expect(inputCheck(schema, 'body').check(value)).toMatchObject({ ok: false, issues: { length: 100 } })
})
