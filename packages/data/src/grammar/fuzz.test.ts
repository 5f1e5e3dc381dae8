import { describe, expect, test } from 'vitest'
import { Printer } from './fixtures/print.ts'
import { newSeed, Random } from './fixtures/random.ts'
import { Trees } from './fixtures/trees.ts'
import { parseRequest } from './parse-request.ts'
import { PostgrestError, postgrestStatus } from './postgrest-error.ts'

const methods = ['GET', 'GET', 'GET', 'HEAD', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'BREW']

/** Whatever means something somewhere in the grammar, and some that means nothing. */
const pieces = [
  ...[
    'select=',
    'order=',
    'limit=',
    'offset=',
    'columns=',
    'on_conflict=',
    'or=',
    'and=',
    'a.or=',
    'not.and=',
    'id=',
    'a.b=',
    'd->>k=',
    '&',
    '=',
    '+',
  ],
  ...[
    'a',
    'id',
    '*',
    'count()',
    'a:b',
    '::text',
    '.sum()',
    '...',
    '!inner',
    '!left',
    '!h',
    '(',
    ')',
    ',',
    '.',
    ':',
    '::',
    '!',
    '-',
    '->',
    '->>',
    '0',
    '-1',
  ],
  ...[
    'not.',
    'eq.',
    'in.(',
    'is.null',
    'like.',
    'like(any).',
    'fts(a).',
    'and(',
    'or(',
    'not.or(',
    '{',
    '}',
    '"',
    '\\',
    '\\"',
    ' ',
    '\t',
    '\n',
  ],
  ...[
    '.asc',
    '.desc',
    '.nullsfirst',
    '%',
    '%2',
    '%22',
    '%00',
    '%FF',
    '%C3%A4',
    'é',
    '人',
    '😀',
    '\uD800',
    '\0',
    "'",
    ';',
    '--',
    '9'.repeat(30),
    'x'.repeat(300),
  ],
]
const headerPieces = [
  ...[
    'return=representation',
    'handling=strict',
    'count=exact',
    'max-affected=',
    'timezone=',
    ',',
    ';',
    '=',
    '"',
    '\\',
    ' ',
    'q=',
    '0.5',
    '1',
    '-',
    '0-9',
  ],
  ...[
    'application/json',
    'text/csv',
    'application/vnd.pgrst.plan',
    'for=',
    'options=',
    'nulls=stripped',
    '*/*',
    'text/*',
    '__proto__',
    'é',
  ],
]

/** Asks, and says how it went: "read", or the error's code. Anything thrown but a PostgrestError comes through. */
function outcome(method: string, query: string, headers: Map<string, string>): string {
  try {
    parseRequest({ method, relation: 'items', query, headers })
    return 'read'
  } catch (error) {
    if (!(error instanceof PostgrestError)) throw error
    if (!Object.hasOwn(postgrestStatus, error.code) || error.status < 400 || error.status > 499) throw error
    if (error.message === '' || error.message.length > 400 || JSON.stringify(error).length > 4_000) throw error
    return error.code
  }
}

function mutated(query: string, random: Random): string {
  let text = query
  for (let i = random.below(4); i >= 0; i--) {
    const at = random.below(text.length + 1)
    text = text.slice(0, at) + (random.chance(0.7) ? random.pick(pieces) : '') + text.slice(at + random.below(3))
  }
  return text
}

/** FUZZ=50000 looks longer. */
const inputs = Number(process.env['FUZZ'] ?? 5_000)

test('no input brings anything but a tree or a PostgrestError', { timeout: 30_000 + 2 * inputs }, () => {
  const seed = newSeed()
  const random = new Random(seed)
  const seen = new Map<string, number>()
  for (let round = 0; round < inputs; round++) {
    const query = random.chance(0.5)
      ? random.some(0, 30, () => random.pick(pieces)).join('')
      : mutated(new Printer(random).query(new Trees(random).request()), random)
    const headers = new Map<string, string>()
    for (const name of ['prefer', 'accept', 'content-type', 'range', 'accept-profile']) {
      if (random.chance(0.2)) headers.set(name, random.some(0, 8, () => random.pick(headerPieces)).join(random.pick(['', ','])))
    }
    const method = random.pick(methods)
    let how: string
    try {
      how = outcome(method, query, headers)
    } catch (cause) {
      throw new Error(`SEED=${seed} round ${round}: ${method} ?${JSON.stringify(query)} ${JSON.stringify([...headers])}`, { cause })
    }
    seen.set(how, (seen.get(how) ?? 0) + 1)
  }
  // Were all refused for one reason, little would have been looked at.
  const counts = `SEED=${seed}: ${JSON.stringify([...seen])}`
  expect(seen.get('read') ?? 0, counts).toBeGreaterThan(inputs / 20)
  expect(seen.get('PGRST100') ?? 0, counts).toBeGreaterThan(inputs / 20)
  for (const code of ['PGRST102', 'PGRST117', 'PGRST122']) expect(seen.get(code) ?? 0, counts).toBeGreaterThan(0)
})

describe('time grows no faster than the input', () => {
  const limits = {
    queryLength: 1e7,
    filters: 1e6,
    logicDepth: 500,
    embedDepth: 500,
    selectItems: 1e6,
    orderTerms: 1e6,
    listValues: 1e6,
    jsonSteps: 1e6,
    names: 1e6,
  }
  const parse = (query: string, headers: Map<string, string>): void => {
    try {
      parseRequest({ method: 'GET', relation: 'items', query, headers }, limits)
    } catch (error) {
      if (!(error instanceof PostgrestError)) throw error
    }
  }

  test.each<[string, (n: number) => string]>([
    ['a long name', (n) => `select=${'a-'.repeat(n)}`],
    ['many items', (n) => `select=${'a:b->c::t,'.repeat(n)}`],
    ['many siblings', (n) => `select=${'a(b),'.repeat(n)}`],
    ['many casts', (n) => `select=${'a::'.repeat(n)}`],
    ['a long path', (n) => `select=a${'->b'.repeat(n)}`],
    ['digits that are no index', (n) => `select=a->${'1'.repeat(n)}x`],
    ['blanks', (n) => `select=${'%09'.repeat(n)}`],
    ['a long list', (n) => `id=in.(${'a,'.repeat(n)})`],
    ['quotes that do not close', (n) => `id=in.(${'"a,'.repeat(n)}`],
    ['quotes with escapes', (n) => `id=in.(${'"%5C",'.repeat(n)}`],
    ['braces that do not close', (n) => `or=(${'a.eq.{,'.repeat(n)}`],
    ['terms', (n) => `or=(${'a.eq."b",'.repeat(n)}a.eq.1)`],
    ['words that are nearly logic', (n) => `or=(${'not.and%20%20x.eq.1,'.repeat(n)})`],
    ['levels of logic', (n) => `or=${'(and'.repeat(n)}`],
    ['levels of embeds', (n) => `select=${'a('.repeat(n)}`],
    ['order', (n) => `order=${'a(b).asc,'.repeat(n)}c`],
    ['parameters', (n) => 'a.limit=1&'.repeat(n)],
    ['keys', (n) => `${'a.'.repeat(n)}limit=1`],
    ['columns', (n) => `columns=${'a,'.repeat(n)}b`],
    ['percent signs', (n) => `a=eq.${'%'.repeat(n)}`],
    ['ampersands', (n) => '&='.repeat(n)],
  ])('%s', (_, make) => {
    expect(growth((n) => parse(make(n), new Map()))).toBeLessThan(100)
  })

  test.each<[string, (n: number) => [string, string]]>([
    ['Prefer', (n) => ['prefer', 'a,'.repeat(n)]],
    ['Accept', (n) => ['accept', 'a/b;q="\\",'.repeat(n)]],
    ['Accept of one member', (n) => ['accept', `a/b${' ; q'.repeat(n)}`]],
    ['Range', (n) => ['range', `${'1'.repeat(n)}-`]],
  ])('%s', (_, make) => {
    expect(growth((n) => parse('', new Map([make(n)])))).toBeLessThan(100)
  })
})

/** How much more of the processor sixteen times the input takes. Were it quadratic, 256 times; noise below a millisecond counts for nothing. */
function growth(run: (n: number) => void): number {
  const best = (n: number): number => {
    let least = Infinity
    for (let i = 0; i < 4; i++) {
      const began = process.cpuUsage()
      run(n)
      const { user, system } = process.cpuUsage(began)
      least = Math.min(least, (user + system) / 1_000)
    }
    return Math.max(least, 1)
  }
  return best(32_000) / best(2_000)
}
