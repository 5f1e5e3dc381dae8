import { inspect } from 'node:util'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import * as z from 'zod'
import { BootError, core, type Mode, type Schema, service, t } from '../app/index.ts'
import { config, explainConfig, loadConfig } from './config.ts'
import type { ConfigOptions } from './resolve.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-config-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
})

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text)
}

function made<S extends Schema>(schema: S, env: { [name: string]: string }, options: ConfigOptions = {}): ReturnType<typeof config<S>> {
  return config(schema, { env, directory: folder, ...options })
}

async function problems(
  schema: Schema,
  env: { [name: string]: string } = {},
  options: ConfigOptions = {},
  mode: Mode = 'test',
): Promise<string[]> {
  try {
    await loadConfig(made(schema, env, options), mode)
  } catch (error) {
    expect(error).toBeInstanceOf(BootError)
    return (error as BootError).problems.map(({ code, message }) => `${code}: ${message}`)
  }
  return []
}

const Shop = t.Object({
  databaseUrl: t.String({ secret: true }),
  port: t.Integer({ default: 3000, minimum: 1 }),
  debug: t.Optional(t.Boolean()),
  origins: t.Array(t.String(), { default: [] }),
  smtp: t.Object({ host: t.String({ default: 'localhost' }), password: t.Optional(t.String()) }),
})

describe('values', () => {
  test('come from the environment by the name of the field, and become what the schema says', async () => {
    const values = await loadConfig(
      made(Shop, { DATABASE_URL: 'pg://x', PORT: '8080', DEBUG: 'true', ORIGINS: 'a, b,,c', SMTP_HOST: 'mail', SMTP_PASSWORD: 'p' }),
    )
    expect(values).toEqual({
      databaseUrl: 'pg://x',
      port: 8080,
      debug: true,
      origins: ['a', 'b', 'c'],
      smtp: { host: 'mail', password: 'p' },
    })
  })

  test('have defaults, also in groups; an empty text is no value', async () => {
    expect(await loadConfig(made(Shop, { DATABASE_URL: 'x', PORT: '', SMTP_HOST: '' }))).toEqual({
      databaseUrl: 'x',
      port: 3000,
      origins: [],
      smtp: { host: 'localhost' },
    })
  })

  test('are a service, typed, of the whole application', async () => {
    const Config = made(Shop, { DATABASE_URL: 'x' })
    const Url = service('url', ({ use }) => use(Config).databaseUrl.toUpperCase())
    const built = await core({ mode: 'test' }).use(Url).use(Config).build()
    expect(built.use(Url)).toBe('X')
    const port: number = built.use(Config).port
    expect(port).toBe(3000)
    const values = built.use(Config)
    // @ts-expect-error -- values are read only
    expect(() => (values.port = 1)).toThrow(TypeError)
    expect(() => (built.use(Config).origins as string[]).push('x')).toThrow(TypeError)
  })

  test('in tests can be replaced', async () => {
    const Config = made(Shop, {})
    const built = await core({ mode: 'test' })
      .use(Config)
      .build({ replace: [Config.with({ databaseUrl: 'fake', port: 1, origins: [], smtp: { host: 'x' } })] })
    expect(built.use(Config).databaseUrl).toBe('fake')
  })

  test('have other names, several, and a prefix', async () => {
    const schema = t.Object({ databaseUrl: t.String(), 's3-bucket': t.String(), httpTTL: t.Integer() })
    const env = { PG_URL: 'second', DATABASE_URL: 'first', SHOP_S3_BUCKET: 'b', SHOP_HTTP_TTL: '5' }
    expect(await loadConfig(made(schema, env, { prefix: 'SHOP', names: { databaseUrl: ['DATABASE_URL', 'PG_URL'] } }))).toEqual({
      databaseUrl: 'first',
      's3-bucket': 'b',
      httpTTL: 5,
    })
    const { DATABASE_URL: _, ...without } = env
    expect(await loadConfig(made(schema, without, { prefix: 'SHOP_', names: { databaseUrl: ['DATABASE_URL', 'PG_URL'] } }))).toMatchObject({
      databaseUrl: 'second',
    })
  })

  test('given as arguments win, whatever their type; undefined says nothing', async () => {
    const values = { port: 9, origins: ['z'], debug: false, databaseUrl: undefined, smtp: { host: 'arg' } }
    expect(await loadConfig(made(Shop, { PORT: '1', DATABASE_URL: 'env' }, { values }))).toEqual({
      databaseUrl: 'env',
      port: 9,
      origins: ['z'],
      debug: false,
      smtp: { host: 'arg' },
    })
  })

  test('of lists and records may be JSON', async () => {
    const schema = t.Object({
      limits: t.Record(t.String(), t.Integer()),
      hosts: t.Array(t.Object({ name: t.String() })),
      tags: t.Array(t.String()),
      one: t.Optional(t.Array(t.Integer())),
    })
    expect(await loadConfig(made(schema, { LIMITS: '{"a": 1}', HOSTS: '[{"name": "x"}]', TAGS: '["a,b"]', ONE: '7' }))).toEqual({
      limits: { a: 1 },
      hosts: [{ name: 'x' }],
      tags: ['a,b'],
      one: [7],
    })
    expect(await problems(schema, { LIMITS: '{"a": 1', HOSTS: '[', TAGS: 'x' })).toHaveLength(2)
    expect(await problems(schema, { LIMITS: 'a', HOSTS: '[]', TAGS: 'x' })).toEqual([
      'config-invalid: LIMITS must be an object; it comes from the environment',
    ])
  })

  test('of a group that may be absent are needed once one of them is there', async () => {
    const schema = t.Object({ tls: t.Optional(t.Object({ key: t.String(), cert: t.String(), min: t.Integer({ default: 2 }) })) })
    expect(await loadConfig(made(schema, {}))).toEqual({})
    expect(await loadConfig(made(schema, { TLS_KEY: 'k', TLS_CERT: 'c' }))).toEqual({ tls: { key: 'k', cert: 'c', min: 2 } })
    expect(await problems(schema, { TLS_KEY: 'k' })).toEqual([expect.stringContaining('config-missing: TLS_CERT is not set')])
  })

  test('may be described by another library', async () => {
    const schema = z.object({
      port: z.coerce.number().int().default(3000),
      apiKey: z.string().min(3),
      list: z.array(z.string()).optional(),
    })
    expect(await loadConfig(made(schema, { API_KEY: 'abc', LIST: 'a,b' }))).toEqual({ port: 3000, apiKey: 'abc', list: ['a', 'b'] })
    expect(await problems(schema, { PORT: 'x' })).toEqual([
      expect.stringContaining('config-invalid: PORT must be an integer'),
      expect.stringContaining('config-missing: API_KEY is not set'),
    ])
    const late = z.object({ apiKey: z.string().refine(async (it) => it.length > 2) })
    const Late = made(late, { API_KEY: 'abc' })
    expect((await core({ mode: 'test' }).use(Late).build()).use(Late)).toEqual({ apiKey: 'abc' })
  })

  test('may share parts of a schema, refer to them, and contain themselves', async () => {
    const both = t.Intersect([t.Object({ aName: t.String() }), t.Object({ bName: t.String() })])
    expect(await loadConfig(made(both, { A_NAME: '1', B_NAME: '2' }))).toEqual({ aName: '1', bName: '2' })
    const ring = t.Cyclic({ Node: t.Object({ name: t.String(), next: t.Optional(t.Ref('Node')) }) }, 'Node')
    expect(await loadConfig(made(ring, { NAME: 'a', NEXT_NAME: 'b' }))).toEqual({ name: 'a', next: { name: 'b' } })
  })
})

describe('.env files', () => {
  test('lose to the environment; those of the mode win over the common one, local ones over shared ones', async () => {
    const schema = t.Object({ a: t.String(), b: t.String(), c: t.String(), d: t.String(), e: t.String() })
    write('.env', 'A=env\nB=env\nC=env\nD=env\nE=env')
    write('.env.development', 'B=mode\nC=mode\nD=mode\nE=mode')
    write('.env.local', 'C=local\nD=local\nE=local')
    write('.env.development.local', 'D=modelocal\nE=modelocal')
    const Config = made(schema, { E: 'process' })
    expect(await loadConfig(Config, 'development')).toEqual({ a: 'env', b: 'mode', c: 'local', d: 'modelocal', e: 'process' })
    expect(await loadConfig(Config, 'production')).toEqual({ a: 'env', b: 'env', c: 'local', d: 'local', e: 'process' })
    expect(await loadConfig(Config, 'test')).toEqual({ a: 'env', b: 'env', c: 'env', d: 'env', e: 'process' })
  })

  test('are of the mode that NODE_ENV says, where nobody else does', async () => {
    write('.env.production', 'A=p')
    write('.env.development', 'A=d')
    const schema = t.Object({ a: t.String() })
    expect(await loadConfig(made(schema, { NODE_ENV: 'production' }))).toEqual({ a: 'p' })
    expect(await loadConfig(made(schema, {}))).toEqual({ a: 'd' })
  })

  test('with faults, or that can not be read, keep the application from starting', async () => {
    write('.env', 'A=1\nB')
    mkdirSync(join(folder, '.env.test'))
    expect(await problems(t.Object({ a: t.String() }))).toEqual([
      "config-file: .env.test can't be read (EISDIR)",
      "config-file: .env, line 2: B has no '='",
    ])
  })

  test('can be left alone, and are where there is no file system', async () => {
    write('.env', 'A=1')
    const schema = t.Object({ a: t.String() })
    expect(await problems(schema, {}, { files: false })).toEqual([
      "config-missing: A is not set; 'a' needs text. Looked in: the environment",
    ])
    vi.stubGlobal('process', { env: { A: 'edge' } })
    try {
      expect(await loadConfig(config(schema))).toEqual({ a: 'edge' })
    } finally {
      vi.unstubAllGlobals()
    }
  })
})

describe('what is wrong', () => {
  test('is told all at once, with name, place and what would be right, beside the other problems of the boot', async () => {
    write('.env', 'PORT=80x\n')
    const Config = made(Shop, { DEBUG: 'perhaps', DATABSE_URL: 'x' })
    const Broken = service('broken', () => {
      throw new Error('no')
    })
    const Needs = service('needs', ({ use }) => use(Config).port)
    const error = (await core({ mode: 'test' })
      .use(Needs)
      .use(Config)
      .use(Broken)
      .build()
      .catch((it: unknown) => it)) as BootError
    expect(error.problems.map(({ code, message, fix, at }) => ({ code, message, fix, at }))).toEqual([
      {
        code: 'config-missing',
        message: "DATABASE_URL is not set; 'databaseUrl' needs text. Looked in: the environment, .env; there is DATABSE_URL: is that it?",
        fix: 'rename DATABSE_URL to DATABASE_URL',
        at: undefined,
      },
      { code: 'config-invalid', message: 'PORT must be an integer; it comes from .env:1', fix: 'set PORT to an integer', at: '.env:1' },
      {
        code: 'config-invalid',
        message: 'DEBUG must be true or false; it comes from the environment',
        fix: 'set DEBUG to true or false',
        at: undefined,
      },
      { code: 'service-failed', message: expect.stringContaining("Service 'broken'"), fix: expect.any(String), at: expect.any(String) },
    ])
  })

  test('never repeats a value', async () => {
    const schema = t.Object({
      apiKey: t.String({ secret: true, minLength: 20 }),
      mode: t.Union([t.Literal('a'), t.Literal('b')]),
      port: t.Integer(),
    })
    const told = (await problems(schema, { API_KEY: 's3cr3t', MODE: 's3cr3t', PORT: 's3cr3t' })).join('\n')
    expect(told).toContain('API_KEY must have at least 20 characters')
    expect(told).not.toContain('s3cr3t')
  })

  test('of one item says which', async () => {
    expect(await problems(t.Object({ ports: t.Array(t.Integer()) }), { PORTS: '1,x' })).toEqual([
      'config-invalid: PORTS (item 1) must be an integer; it comes from the environment',
    ])
    expect(await problems(t.Object({ ports: t.Array(t.Integer()) }), {}, { values: { ports: [1.5] } })).toEqual([
      'config-invalid: ports (item 0) must be an integer; it comes from the arguments',
    ])
  })

  test('of the whole is told too', async () => {
    const schema = t.Refine(
      t.Object({ a: t.Integer(), b: t.Integer() }),
      (it: { a: number; b: number }) => it.a < it.b,
      () => 'needs a below b',
    )
    expect(await problems(schema, { A: '2', B: '1' })).toEqual([expect.stringMatching(/^config-invalid: The configuration 'config': it /)])
  })

  test('a schema that names no values, or is none, is told at boot', async () => {
    expect(await problems(t.Object({}))).toEqual(["config-schema: The configuration 'config': The schema names no values"])
    expect(await problems(t.String(), {}, { name: 'mail' })).toEqual([expect.stringContaining("config-schema: The configuration 'mail': ")])
    expect(await problems({} as Schema)).toEqual([expect.stringContaining('config-schema')])
    const mute = { '~standard': { version: 1, vendor: 'mute', validate: (value: unknown) => ({ value }) } } as unknown as Schema
    expect(await problems(mute)).toEqual([expect.stringContaining('gives no JSON Schema')])
  })

  test('two values of one name, names that the schema does not have, and members that would unmask', async () => {
    const schema = t.Object({
      smtpHost: t.Optional(t.String()),
      smtp: t.Object({ host: t.Optional(t.String()) }),
      toString: t.Optional(t.String()),
    })
    expect(await problems(schema, {}, { names: { port: 'X' } })).toEqual([
      "config-names: The configuration 'config': 'smtpHost' and 'smtp.host' both come from SMTP_HOST",
      "config-names: The configuration 'config': 'toString' can't be the name of a value",
      "config-names: The configuration 'config': 'names' has 'port', which the schema does not",
    ])
  })

  test('the words for what would be right', async () => {
    const schema = t.Object({
      kind: t.Enum(['a', 'b']),
      ratio: t.Number(),
      list: t.Array(t.String()),
      map: t.Record(t.String(), t.String()),
      url: t.String({ format: 'uri' }),
      flag: t.Boolean(),
      any: t.Union([t.Integer(), t.Boolean()]),
    })
    const told = (await problems(schema)).join('\n')
    for (const words of [
      'one of a, b',
      'a number',
      'values with commas between them',
      'a JSON object',
      'text of the format uri',
      'true or false',
      "'any' needs text",
    ])
      expect(told).toContain(words)
  })
})

describe('secrets', () => {
  const schema = t.Object({
    databaseUrl: t.String(),
    sessionKey: t.String({ secret: true }),
    apiToken: t.String(),
    maxTokens: t.Integer({ default: 5 }),
    tokens: t.Array(t.String(), { default: [] }),
    big: t.Optional(t.BigInt()),
    at: t.Optional(t.Date()),
    smtp: t.Object({ password: t.String(), absent: t.Optional(t.String({ secret: true })) }),
  })
  const env = {
    DATABASE_URL: 'postgres://ada:s3cr3t@db/x',
    SESSION_KEY: 's3cr3t',
    API_TOKEN: 's3cr3t',
    SMTP_PASSWORD: 's3cr3t',
    BIG: '12',
    AT: '2026-01-01T00:00:00Z',
  }
  const shown = {
    databaseUrl: 'postgres://ada:[secret]@db/x',
    sessionKey: '[secret]',
    apiToken: '[secret]',
    maxTokens: 5,
    smtp: { password: '[secret]' },
  }

  test('are there for who reads them, and masked for who prints them', async () => {
    const values = await loadConfig(made(schema, env))
    expect(values.sessionKey).toBe('s3cr3t')
    expect(values.smtp.password).toBe('s3cr3t')
    const { at, big } = values
    expect([at, big]).toEqual([new Date('2026-01-01T00:00:00Z'), 12n])
    for (const text of [
      String(values),
      JSON.stringify(values),
      inspect(values),
      `${values as never}`,
      JSON.stringify({ values }),
      inspect({ deep: values }),
      String(values.smtp),
      inspect(values.smtp),
    ]) {
      expect(text).not.toContain('s3cr3t')
      expect(text).toContain('[secret]')
    }
    expect(JSON.parse(JSON.stringify(values))).toMatchObject(shown)
    expect(inspect(values)).toContain('maxTokens: 5')
    const deno = (values as unknown as { [name: symbol]: (inspect: (value: unknown) => string) => string })[
      Symbol.for('Deno.customInspect')
    ]
    expect(deno?.call(values, (it) => JSON.stringify(it))).not.toContain('s3cr3t')
  })

  test('in production a default of one keeps the application from starting', async () => {
    const unsafe = t.Object({
      sessionKey: t.String({ secret: true, default: 's3cr3t' }),
      port: t.Integer({ default: 1 }),
      apiToken: t.String({ default: 's3cr3t' }),
    })
    expect(await problems(unsafe, {}, {}, 'production')).toEqual([
      'config-default-secret: SESSION_KEY is a secret that has only its default value, and this is production',
      'config-default-secret: API_TOKEN is a secret that has only its default value, and this is production',
    ])
    expect(await problems(unsafe, { SESSION_KEY: 'x', API_TOKEN: 'y' }, {}, 'production')).toEqual([])
    expect(await problems(unsafe)).toEqual([])
  })

  test('are masked where a configuration explains itself', async () => {
    write('.env', 'DATABASE_URL=old\nSMTP_PASSWORD=x\n')
    const { entries, problems: wrong } = await explainConfig(made(schema, env, { values: { maxTokens: 7 } }), 'test')
    expect(wrong).toEqual([])
    expect(entries).toContainEqual({
      key: 'databaseUrl',
      name: 'DATABASE_URL',
      source: 'environment',
      place: 'environment',
      over: ['.env:1'],
      value: 'postgres://ada:[secret]@db/x',
      secret: false,
    })
    expect(entries).toContainEqual({
      key: 'smtp.password',
      name: 'SMTP_PASSWORD',
      source: 'environment',
      place: 'environment',
      over: ['.env:2'],
      value: '[secret]',
      secret: true,
    })
    expect(entries).toContainEqual({
      key: 'maxTokens',
      name: 'maxTokens',
      source: 'argument',
      place: 'argument',
      over: [],
      value: '7',
      secret: false,
    })
    expect(entries).toContainEqual({
      key: 'smtp.absent',
      name: 'SMTP_ABSENT',
      source: 'unset',
      place: undefined,
      over: [],
      value: undefined,
      secret: true,
    })
    expect(entries).toContainEqual({
      key: 'big',
      name: 'BIG',
      source: 'environment',
      place: 'environment',
      over: [],
      value: '"12"',
      secret: false,
    })
    expect(JSON.stringify(entries)).not.toContain('s3cr3t')
  })

  test('also where it is wrong, with what is missing', async () => {
    const { entries, problems: wrong } = await explainConfig(made(schema, { SESSION_KEY: 's3cr3t', MAX_TOKENS: 'many' }), 'test')
    expect(wrong.join('\n')).toContain('MAX_TOKENS must be an integer')
    expect(entries.find((it) => it.key === 'sessionKey')).toMatchObject({ value: '[secret]', source: 'environment' })
    expect(entries.find((it) => it.key === 'apiToken')).toMatchObject({ value: undefined, source: 'unset' })
  })
})

test('a long value is cut where it is explained, and a default is told as such', async () => {
  const { entries } = await explainConfig(made(t.Object({ a: t.String(), b: t.Boolean({ default: true }) }), { A: 'x'.repeat(300) }))
  expect(entries).toMatchObject([{ value: `${'x'.repeat(200)}…` }, { source: 'default', value: 'true', place: undefined }])
})

test('only what config made can be loaded or explained', async () => {
  await expect(loadConfig(service('other', () => 1))).rejects.toThrow("'other' is no configuration")
  await expect(explainConfig(service('other', () => 1))).rejects.toThrow('pass what config(…) gave')
})
