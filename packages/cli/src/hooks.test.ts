import { pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { Folder } from './fixtures/folder.ts'
import { initialize, load, resolve } from './hooks.ts'
import { registerSyncHooks, type SyncModule } from './sync-hooks.ts'
import { stampOf } from './transform.ts'

function missing(code = 'ERR_MODULE_NOT_FOUND'): Error {
  return Object.assign(new Error('gone'), { code })
}

/** The hooks of both kinds, called alike: `has` are the specifiers that resolve. */
async function kinds(strip?: (source: string) => string) {
  type Hooks = Parameters<SyncModule['registerHooks']>[0]
  let sync: Hooks | undefined
  const saw: unknown[] = []
  registerSyncHooks(
    {
      registerHooks: (it) => (sync = it),
      stripTypeScriptTypes: (source) => {
        process.emitWarning('stripping is experimental', 'ExperimentalWarning')
        if (strip === undefined) throw new Error('unsupported')
        return strip(source)
      },
    },
    (file) => saw.push(file),
  )
  const { port1, port2 } = new MessageChannel()
  await initialize({ port: port2, soon: true })
  const find = (has: { readonly [specifier: string]: Error | true }) => (specifier: string) => {
    const it = has[specifier]
    if (it === true) return { url: `found:${specifier}` }
    throw it ?? missing()
  }
  const beyond = () => ({ format: 'json', source: 'beyond', shortCircuit: true as const })
  return {
    saw,
    seen: () => receiveMessageOnPort(port1)?.message as unknown,
    close: () => port1.close(),
    resolves: [
      async (specifier: string, has: { readonly [specifier: string]: Error | true }) =>
        (sync as Hooks).resolve(specifier, {}, find(has)).url,
      async (specifier: string, has: { readonly [specifier: string]: Error | true }) =>
        (await resolve(specifier, {} as never, async (it) => find(has)(it))).url,
    ],
    loads: [
      async (url: string) => (sync as Hooks).load(url, {}, beyond),
      async (url: string) => load(url, {} as never, beyond as never) as Promise<{ format: string; source: string }>,
    ],
  }
}

describe('resolving', () => {
  test.each([
    ['./a.ts', { './a.ts': true }, 'found:./a.ts'],
    ['./a.js', { './a.ts': true }, 'found:./a.ts'],
    ['./a.js', { './a.tsx': true }, 'found:./a.tsx'],
    ['./a.js', { './a.js': true, './a.ts': true }, 'found:./a.js'],
    ['./a', { './a': missing('ERR_UNSUPPORTED_DIR_IMPORT'), './a/index.ts': true }, 'found:./a/index.ts'],
  ] as const)('%s', async (specifier, has, expected) => {
    const { resolves, close } = await kinds()
    for (const run of resolves) expect(await run(specifier, has)).toBe(expected)
    close()
  })

  test.each([
    ['./a.js', {}, 'gone'],
    ['package', {}, 'gone'],
    ['./a.js', { './a.js': new Error('refused') }, 'refused'],
    ['./a.js', { './a.ts': new Error('refused') }, 'refused'],
  ] as const)('%s fails as it did', async (specifier, has, message) => {
    const { resolves, close } = await kinds()
    for (const run of resolves) await expect(run(specifier, has)).rejects.toThrow(message)
    close()
  })
})

describe('loading', () => {
  test('takes types away and says what was read', async () => {
    using folder = new Folder({
      'a.ts': 'export const a: number = 1',
      'b.tsx': 'export const b = <T,>(x: T): T => x',
      'c.cts': 'export const c: number = 1',
    })
    const { loads, saw, seen, close } = await kinds()
    for (const run of loads) {
      for (const [name, format, text] of [
        ['a.ts', 'module', 'const a = 1'],
        ['b.tsx', 'module', '(x) => x'],
        ['c.cts', 'commonjs', 'module.exports'],
      ] as const) {
        const it = await run(pathToFileURL(`${folder.path}/${name}`).href)
        expect(it.format).toBe(format)
        expect(it.source).toContain(text)
      }
    }
    const file = { path: `${folder.path}/a.ts`, stamp: stampOf(`${folder.path}/a.ts`) }
    expect(saw[0]).toEqual(file)
    expect(seen()).toEqual(file)
    close()
  })

  test('by Node itself where that is enough, without its warning', async () => {
    using folder = new Folder({ 'a.ts': 'export const a: number = 1' })
    const { loads, close } = await kinds((source) => source.replace(': number', '        '))
    expect((await loads[0]?.(pathToFileURL(`${folder.path}/a.ts`).href))?.source).toBe('export const a         = 1')
    close()
  })

  test('leaves what is no TypeScript to Node; what is installed is not told', async () => {
    using folder = new Folder({ 'a.js': '', 'node_modules/x/a.js': '' })
    const { loads, saw, close } = await kinds()
    for (const run of loads) {
      for (const url of ['node:fs', pathToFileURL(`${folder.path}/a.js`).href, pathToFileURL(`${folder.path}/node_modules/x/a.js`).href]) {
        expect((await run(url)).source).toBe('beyond')
      }
    }
    expect(saw).toHaveLength(1)
    close()
  })

  test('a syntax error has its place', async () => {
    using folder = new Folder({ 'a.ts': 'const a = 1\nconst b: = 2\n' })
    const { loads, close } = await kinds()
    for (const run of loads) {
      const error = (await run(pathToFileURL(`${folder.path}/a.ts`).href).catch((it: unknown) => it)) as Error
      expect(error).toBeInstanceOf(SyntaxError)
      expect(error.stack).toContain(`${folder.path}/a.ts:2:10`)
    }
    close()
  })
})
