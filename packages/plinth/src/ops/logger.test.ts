import { describe, expect, test, vi } from 'vitest'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { FieldCleaner } from './log-fields.ts'
import { PrettySink } from './log-pretty.ts'
import { ConsoleSink, jsonLine, NodeSink, type Pino, pinoLogger } from './log-sink.ts'
import { logger, type LoggerOptions } from './logger.ts'

class Lines {
  readonly lines: string[] = []
  write(line: string): void {
    this.lines.push(line)
  }
  get records(): { [name: string]: unknown }[] {
    return this.lines.map((line) => JSON.parse(line) as { [name: string]: unknown })
  }
}

function logged(options: LoggerOptions = {}): { lines: Lines; log: ReturnType<typeof logger> } {
  const lines = new Lines()
  return { lines, log: logger({ level: 'debug', destination: lines, ...options }) }
}

function cleaned(value: unknown, limits = {}): unknown {
  return new FieldCleaner(limits).clean({ it: value })['it']
}

describe('a line', () => {
  test('holds level as a word, ISO time, the fields of parents and its own, and the message last', () => {
    const { lines, log } = logged({ fields: { region: 'eu' } })
    log.child({ requestId: 'r-1', route: '/users/:id' }).info({ rows: 3 }, 'found')
    expect(lines.records).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        region: 'eu',
        requestId: 'r-1',
        route: '/users/:id',
        rows: 3,
        message: 'found',
      },
    ])
    expect(Object.keys(lines.records[0] ?? {}).at(-1)).toBe('message')
  })

  test('is one line, whatever is in it', () => {
    const { lines, log } = logged()
    log.warn({ agent: 'x\r\n{"level":"error"}\u2028', 'k\ney': 1 }, 'a\nb\r\u0000c')
    expect(lines.lines).toHaveLength(1)
    expect(lines.lines[0]).toMatch(/^[^\n\r]*\n$/)
    expect(lines.records[0]).toMatchObject({ agent: 'x\r\n{"level":"error"}\u2028', message: 'a\nb\r\u0000c' })
  })

  // A terminal takes U+009B for ESC [, and JSON.stringify lets it through.
  test('has no control character of any kind, whichever way it is written', () => {
    const all = Array.from({ length: 0xa0 }, (_, code) => String.fromCharCode(code)).join('') + '\u2028\u2029'
    const early = new Lines()
    logger({ destination: early }).info({ [all]: all }, all)
    const late = new Lines()
    pinoLogger(pino as unknown as Pino, late).info({ [all]: all }, all)
    for (const { lines, records } of [early, late]) {
      // eslint-disable-next-line no-control-regex
      expect(lines.join('').slice(0, -1)).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/)
      expect(lines.join('')).toContain('\\u009b')
      expect(records[0]).toMatchObject({ [all]: all, message: all })
    }
  })

  test('keeps its level, time and message when fields of those names are logged', () => {
    const { lines, log } = logged()
    log.info({ level: 'error', time: 0, message: 'forged' }, 'real')
    expect(lines.records[0]).toMatchObject({ level: 'info', message: 'real', _level: 'error', _time: 0, _message: 'forged' })
    expect(lines.lines[0]?.match(/"level"/g)).toHaveLength(1)
  })

  test('is written without fields or without a message', () => {
    const { lines, log } = logged()
    log.info('only words')
    log.info({ only: 'fields' })
    expect(lines.records[0]).toMatchObject({ level: 'info', message: 'only words' })
    expect(lines.records[1]).toEqual({ level: 'info', time: expect.any(String), only: 'fields' })
  })

  test('leaves out the values of a statement that failed, which no name tells to be secret', () => {
    const { log, lines } = logged()
    const cause = Object.assign(new Error('duplicate key value violates unique constraint "users_token_unique"'), {
      severity: 'ERROR',
      code: '23505',
      detail: 'Key (token)=(ada-secret) already exists.',
      constraint: 'users_token_unique',
      routine: '_bt_check_unique',
    })
    class DrizzleQueryError extends Error {
      readonly query = 'insert into "users" values ($1, $2)'
      readonly params = ['Eve', 'ada-secret']
    }
    log.error(
      { err: new DrizzleQueryError('Failed query: insert into "users" values ($1, $2)\nparams: Eve,ada-secret', { cause }) },
      'failed',
    )
    const [record] = lines.records as unknown as {
      readonly err: { readonly message: string; readonly stack: string; readonly cause: object }
    }[]
    expect(record?.err.message).toBe('Failed query: insert into "users" values ($1, $2)')
    expect(record?.err.stack).toMatch(/logger\.test/)
    expect(record?.err.cause).toMatchObject({ code: '23505', constraint: 'users_token_unique' })
    expect(JSON.stringify(record)).not.toContain('ada-secret')
  })

  test('spells out an error that is logged by itself, and a value that is no object', () => {
    const { lines, log } = logged()
    log.error(new TypeError('no') as never)
    log.error(7 as never, 'seven')
    log.error(null as never)
    expect(lines.records[0]).toMatchObject({ err: { type: 'TypeError', message: 'no', stack: expect.stringContaining('logger.test') } })
    expect(lines.records[1]).toMatchObject({ value: 7, message: 'seven' })
    expect(lines.records[2]).toMatchObject({ value: null })
  })

  test('reads the same from pino and from the writer that stands in for it', () => {
    vi.useFakeTimers({ now: 1_700_000_000_000, toFake: ['Date'] })
    try {
      const lines = new Lines()
      const viaPino = pinoLogger(pino as unknown as Pino, lines)
      const fields = { requestId: 'r', n: 1, err: { type: 'E', message: 'm' }, list: [1, 'two'] }
      for (const level of ['debug', 'info', 'warn', 'error'] as const) {
        viaPino[level]({ ...fields }, 'said "so"')
        expect(lines.lines.pop()).toBe(`${jsonLine(level, Date.now(), fields, 'said "so"')}\n`)
      }
      viaPino.info({ only: true })
      expect(lines.lines.pop()).toBe(`${jsonLine('info', Date.now(), { only: true }, undefined)}\n`)
      viaPino.info({}, 'm')
      expect(lines.lines.pop()).toBe(`${jsonLine('info', Date.now(), {}, 'm')}\n`)
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('levels', () => {
  test('below the asked one nothing is written', () => {
    for (const [level, count] of [
      ['debug', 4],
      ['info', 3],
      ['warn', 2],
      ['error', 1],
      ['silent', 0],
    ] as const) {
      const { lines, log } = logged({ level })
      log.debug('a')
      log.info('b')
      log.warn('c')
      log.error('d')
      expect(lines.lines).toHaveLength(count)
    }
  })

  test('come from LOG_LEVEL, also by the names that platforms use', () => {
    for (const [value, count] of [
      ['WARN', 2],
      ['trace', 4],
      ['fatal', 1],
      ['off', 0],
    ] as const) {
      vi.stubEnv('LOG_LEVEL', value)
      const lines = new Lines()
      const log = logger({ destination: lines })
      for (const level of ['debug', 'info', 'warn', 'error'] as const) log[level](level)
      expect(lines.lines).toHaveLength(count)
      vi.unstubAllEnvs()
    }
  })

  test('a misspelt LOG_LEVEL is told and counts as info; a misspelt option is refused', () => {
    vi.stubEnv('LOG_LEVEL', 'verbos\n')
    const lines = new Lines()
    logger({ destination: lines }).debug('no')
    vi.unstubAllEnvs()
    expect(lines.records).toMatchObject([{ level: 'warn', LOG_LEVEL: 'verbos\n', message: expect.stringContaining('Using info') }])
    expect(() => logger({ level: 'loud' as never })).toThrow("logger({ level: 'loud' }): a level is debug, info, warn, error or silent")
  })
})

describe('secrets', () => {
  test('are masked by name at any depth, in arrays, maps and errors', () => {
    const { lines, log } = logged()
    const error = Object.assign(new Error('no'), { code: 'E1', config: { headers: { Authorization: 'Bearer s3cr3t' } } })
    log.info({
      headers: { authorization: 's3cr3t', 'Set-Cookie': ['s3cr3t'], 'x-api-key': 's3cr3t', accept: '*/*' },
      users: [{ name: 'Ada', passWord: 's3cr3t', access_token: { a: 's3cr3t' }, pin: 1234 }],
      map: new Map([
        ['stripeSecret', 's3cr3t'],
        ['plan', 'pro'],
      ]),
      hasPassword: true,
      token: null,
      err: error,
    })
    expect(lines.lines[0]).not.toContain('s3cr3t')
    expect(lines.records[0]).toMatchObject({
      headers: { authorization: '[secret]', 'Set-Cookie': '[secret]', accept: '*/*' },
      users: [{ name: 'Ada', passWord: '[secret]', access_token: '[secret]', pin: '[secret]' }],
      map: { stripeSecret: '[secret]', plan: 'pro' },
      hasPassword: true,
      token: null,
      err: { code: 'E1', config: { headers: { Authorization: '[secret]' } } },
    })
  })

  test('in the fields of a child, and in the credentials of a URL', () => {
    const { lines, log } = logged()
    log.child({ cookie: 's3cr3t' }).info({ url: 'postgres://ada:s3cr3t@db:5432/x' }, 'to redis://:s3cr3t@cache failed')
    expect(lines.records[0]).toMatchObject({
      cookie: '[secret]',
      url: 'postgres://ada:[secret]@db:5432/x',
      message: 'to redis://:[secret]@cache failed',
    })
    expect(lines.lines[0]).not.toContain('s3cr3t')
  })

  test('names can be added and taken out', () => {
    const { lines, log } = logged({ mask: ['social-number'], reveal: ['nextPageToken'] })
    log.info({ socialNumber: '1', nextPageToken: 'abc', token: 'x' })
    expect(lines.records[0]).toMatchObject({ socialNumber: '[secret]', nextPageToken: 'abc', token: '[secret]' })
  })
})

describe('whatever is logged', () => {
  test('becomes plain data', () => {
    expect(cleaned(10n)).toBe('10')
    expect(cleaned(Number.NaN)).toBe('NaN')
    expect(cleaned(undefined)).toBeUndefined()
    expect(cleaned(Symbol('s'))).toBe('Symbol(s)')
    expect(cleaned(function named() {})).toBe('[function named]')
    expect(cleaned(new Uint8Array(5))).toBe('[5 bytes]')
    expect(cleaned(new Set([1, 2]))).toEqual([1, 2])
    expect(cleaned(new Map([[{}, 1]]))).toEqual({ '[object]': 1 })
    expect(cleaned(new Date(0))).toBe('1970-01-01T00:00:00.000Z')
    expect(cleaned(JSON.parse('{"__proto__": {"x": 1}, "a": 1}'))).toEqual({ a: 1 })
    expect(cleaned(new Map([['__proto__', 1]]))).toEqual({})
    expect(cleaned(Object.create(null))).toEqual({})
  })

  test('is bounded in depth, width, length and as a whole', () => {
    expect(cleaned({ a: { b: { c: [1] } } }, { depth: 3 })).toEqual({ a: { b: { c: '[1 items]' } } })
    expect(cleaned({ a: {} }, { depth: 1 })).toEqual({ a: '[object]' })
    expect(cleaned('x'.repeat(20), { text: 10 })).toBe(`${'x'.repeat(10)}… (10 more)`)
    expect(cleaned([1, 2, 3, 4], { members: 2 })).toEqual([1, 2, '… (2 more)'])
    expect(cleaned({ a: 1, b: 2, c: 3 }, { members: 2 })).toEqual({ a: 1, b: 2, '…': '1 more' })
    expect(
      cleaned(
        new Map([
          [1, 1],
          [2, 2],
        ]),
        { members: 1 },
      ),
    ).toEqual({ 1: 1 })
    const { lines, log } = logged()
    log.info({ big: Array.from({ length: 90 }, () => Array.from({ length: 90 }, () => 'y'.repeat(5_000))) }, 'z'.repeat(100_000))
    expect(lines.lines[0]?.length).toBeLessThan(100_000)
    expect(lines.records[0]?.['message']).toMatch(/more\)$/)
  })

  test('may contain itself, or throw when it is read', () => {
    const ring: { self?: unknown } = {}
    ring.self = ring
    expect(cleaned(ring)).toEqual({ self: '[circular]' })
    const trap = {
      get bad(): never {
        throw new Error('no')
      },
      good: 1,
    }
    expect(cleaned(trap)).toEqual({ bad: '[unreadable]', good: 1 })
    expect(
      cleaned({
        toJSON: () => {
          throw new Error('no')
        },
      }),
    ).toBe('[unreadable]')
    const shared = { a: 1 }
    expect(cleaned([shared, shared])).toEqual([shared, shared])
  })

  test('errors are told with code, cause and what they gather', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED' })
    const told = cleaned(new AggregateError([new Error('one'), 'two'], 'all', { cause })) as { [name: string]: unknown }
    expect(told).toMatchObject({
      type: 'AggregateError',
      message: 'all',
      cause: { type: 'Error', message: 'refused', code: 'ECONNREFUSED' },
      errors: [{ message: 'one' }, 'two'],
    })
    const bare = new Error('bare')
    delete (bare as { stack?: string }).stack
    Object.defineProperty(bare, 'name', { value: 'Bare', enumerable: true })
    Object.defineProperty(bare, 'constructor', { value: undefined })
    expect(cleaned(bare)).toEqual({ type: 'Bare', message: 'bare' })
  })

  test('never throws into the code that logs', () => {
    const log = logger({
      level: 'info',
      destination: {
        write: () => {
          throw new Error('EPIPE')
        },
      },
    })
    expect(() => log.info('x')).not.toThrow()
    const hostile = new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no')
        },
      },
    )
    expect(() => logged().log.info(hostile, 'x')).not.toThrow()
  })
})

describe('where lines go', () => {
  test('a descriptor: the first lines at once, the rest by pino, in order', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plinth-log-'))
    try {
      const path = join(folder, 'out')
      const fd = openSync(path, 'a')
      const early = new Lines()
      const sink = new NodeSink(fd as 1, early)
      sink.write('info', { n: 1 }, 'early')
      sink.write('info', { n: 2 }, 'early')
      expect(early.lines).toHaveLength(2)
      expect(await sink.load()).toBe(true)
      sink.write('warn', { n: 3 }, 'later')
      sink.write('warn', { n: 4 }, undefined)
      await vi.waitFor(() => expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3))
      expect(
        readFileSync(path, 'utf8')
          .trim()
          .split('\n')
          .map((line) => (JSON.parse(line) as { n: number }).n),
      ).toEqual([3, 4])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  test('a descriptor without pino: the first way stays', async () => {
    const early = new Lines()
    const sink = new NodeSink(1, early)
    expect(await sink.load(() => Promise.reject(new Error('not bundled')))).toBe(false)
    sink.write('info', {}, 'still here')
    expect(early.records[0]).toMatchObject({ message: 'still here' })
  })

  test('pino is loaded for who writes more than a few lines, once, when there is time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      const sink = new NodeSink(1, new Lines())
      const load = vi.spyOn(sink, 'load').mockResolvedValue(false)
      for (const message of ['listening', 'closing', 'closed']) sink.write('info', {}, message)
      vi.runAllTimers()
      expect(load).not.toHaveBeenCalled()
      for (let line = 0; line < 20; line++) sink.write('info', {}, 'request')
      expect(load).not.toHaveBeenCalled()
      vi.runAllTimers()
      expect(load).toHaveBeenCalledTimes(1)
    } finally {
      vi.useRealTimers()
    }
  })

  test('the standard streams by default, and console where there are none', () => {
    const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
    const err = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    logger({ level: 'info', pretty: false }).info('to stdout')
    logger({ level: 'info', pretty: false, destination: 'stderr' }).info('to stderr')
    expect(out).toHaveBeenCalledWith(expect.stringContaining('"message":"to stdout"'))
    expect(err).toHaveBeenCalledWith(expect.stringContaining('"message":"to stderr"'))
    out.mockRestore()
    err.mockRestore()
    const said = vi.spyOn(console, 'warn').mockReturnValue(undefined)
    new ConsoleSink().write('warn', { a: 1 }, 'there')
    expect(JSON.parse(String(said.mock.calls[0]?.[0]))).toMatchObject({ level: 'warn', a: 1, message: 'there' })
    said.mockRestore()
    vi.stubGlobal('process', undefined)
    const info = vi.spyOn(console, 'info').mockReturnValue(undefined)
    logger().info('edge')
    expect(info).toHaveBeenCalledOnce()
    info.mockRestore()
    vi.unstubAllGlobals()
  })
})

describe('at a terminal', () => {
  test('development is human and coloured, unless NO_COLOR is set; production and tests are not', () => {
    const seen = (mode: string, plain = ''): string => {
      vi.stubEnv('NODE_ENV', mode)
      vi.stubEnv('NO_COLOR', plain)
      const lines = new Lines()
      logger({ level: 'info', destination: Object.assign(lines, { isTTY: true }) }).info({ a: 1 }, 'hello')
      vi.unstubAllEnvs()
      return lines.lines[0] ?? ''
    }
    expect(seen('development')).toContain('\u001b[32minfo ')
    expect(seen('development', '1')).toMatch(/^\d\d:\d\d:\d\d info {2}hello a=1\n$/)
    expect(seen('production')).toMatch(/^\{"level":"info"/)
    expect(seen('test')).toMatch(/^\{"level":"info"/)
  })

  test('shows fields, the stack and causes; control characters are spelt out', () => {
    const { lines, log } = logged({ pretty: true })
    log.error(
      {
        route: '/a',
        text: 'two words',
        gone: undefined,
        long: 'x'.repeat(300),
        err: new Error('broke\u001b[2J', { cause: new AggregateError([new Error('inner')], 'outer') }),
      },
      'a\nb\u001b[31m',
    )
    const text = lines.lines[0] ?? ''
    expect(text).toContain('error a\\u000ab\\u001b[31m route=/a text="two words"')
    expect(text).toContain('xxx…')
    expect(text).not.toContain('\u001b')
    expect(text).not.toContain('gone')
    expect(text).toMatch(/\n {2}Error: broke\\u001b\[2J\n {2}at /)
    expect(text).toMatch(/caused by\n {4}AggregateError: outer/)
    expect(text).toMatch(/\n {6}Error: inner/)
  })

  test('shows an err that is no error, one without a stack, and its further members', () => {
    const sink = new PrettySink(new Lines(), false)
    expect(sink.format('warn', 0, { err: 'plain' }, undefined)).toMatch(/warn {2}error=plain$/)
    expect(sink.format('warn', 0, { err: { type: 'E', message: 'm', code: 'X', cause: 'why' } }, 'w')).toMatch(
      /w\n {2}E: m\n {2}code=X\n {2}caused by cause=why$/,
    )
  })
})
