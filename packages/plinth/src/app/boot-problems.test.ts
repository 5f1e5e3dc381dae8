import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { app } from '../default-app.ts'
import { accessLog } from '../ops/index.ts'
import { BootError, core, guard, module, problem, service, t, token } from './index.ts'

/** One mistake a line, with the code that it must get. The file stands elsewhere: what is told is the place of whoever wrote it. */
const mistakes: readonly (readonly [line: string, code: string])[] = [
  [`.get('/a/*rest/b', () => 1)`, 'bad-template'],
  [`.get('/twice', () => 1).get('/once', () => 1)`, ''],
  [`.get('/twice', () => 2)`, 'route-conflict'],
  [`.get('/no-handler')`, 'no-handler'],
  [`.get('/contract', 5, () => 1)`, 'bad-contract'],
  [`.get('/slot', { querry: t.Object({}) }, () => 1)`, 'unknown-slot'],
  [`.get('/body', { body: t.Object({}) }, () => 1)`, 'body-of-get'],
  [`.get('/params/:id', { params: t.Object({ other: t.String() }) }, () => 1)`, 'unknown-parameter'],
  [`.get('/schema', { query: t.Object({ q: t.String({ pattern: '[' }) }) }, () => 1)`, 'schema-not-compiled'],
  [`.get('/status', { reply: { 99: t.String() } }, () => 1)`, 'bad-status'],
  [`.get('/no-body', { reply: { 204: t.String() } }, () => null)`, 'body-of-204'],
  [`.get('/problem', { reply: { 404: ['not-found'] } }, () => 1)`, 'not-a-problem'],
  [`.get('/other', { reply: { 404: problem('conflict') } }, () => 1)`, 'problem-status'],
  [
    `.get('/strip', { reply: { 200: { '~standard': { version: 1, vendor: 'x', validate: (value) => ({ value }) } } } }, () => 1)`,
    'reply-cannot-strip',
  ],
  [`.get('/deprecated', { deprecated: 'soon' }, () => 1)`, 'bad-date'],
  [`.get('/sunset', { sunset: 'later' }, () => 1)`, 'bad-date'],
  [`.get('/guards', { guards: [() => {}] }, () => 1)`, 'not-a-guard'],
  [`.get('/needs', { guards: [needing] }, () => 1)`, 'guard-needs'],
  [`.get('/adds', { guards: [adding, adding, alsoAdding] }, () => 1)`, 'guard-adds-twice'],
  [`.get('/roles', { guards: [role(1), role(2)] }, () => 1)`, ''],
  [`.get('/named', { guards: [needed, sameName] }, () => 1)`, ''],
  [`.get('/early', { guards: [needed, early] }, () => 1)`, ''],
  [`.get('/limit', { timeout: -1 }, () => 1)`, 'bad-limit'],
  [`.headers({ 'x-line': 'a\\nb' })`, 'bad-header'],
  [`.use('prefix', module('p'))`, 'bad-prefix'],
  [`.use('/:x', module('q'))`, 'parameter-in-prefix'],
  [`.use('/inner', core({ name: 'inner' }))`, 'app-in-app'],
  [`.use('/mid', module('mid', { scope: 'parent' }))`, 'prefix-of-middleware'],
  [`.use(module('once'))`, ''],
  [`.use(module('once'))`, 'duplicate-module'],
  [`.use(module('round', { scope: 'own' }).use(loop))`, ''],
]
/** Told where the part itself is defined, not where it is used. */
const definitions: readonly (readonly [line: string, code: string])[] = [
  [`const early = guard(() => {}, { name: 'early', needs: [needed], always: true })`, 'guard-needs-later'],
  [`const adding = guard(() => ({ plan: 1 }), { name: 'adding', adds: ['plan'] })`, ''],
  [`const alsoAdding = guard(() => ({ plan: 2 }), { name: 'alsoAdding', adds: ['other', 'plan'] })`, ''],
  [`const role = (n) => guard(() => {}, { name: 'role' })`, ''],
  [`const sameName = guard(() => {}, { name: 'needed' })`, 'duplicate-guard'],
  [`const Missing = token('missing')`, 'service-missing'],
  [`const Throwing = service('throwing', () => { throw new Error('no connection') })`, 'service-failed'],
  [`const PerRequest = service('per-request', () => 1, { scope: 'request' })`, ''],
  [`const Captive = service('captive', ({ use }) => use(PerRequest))`, 'service-captive'],
  [`const Left = service('left', ({ use }) => use(Right))`, 'service-cycle'],
  [`const Right = service('right', ({ use }) => use(Left))`, ''],
  [`const Same = service('same', () => 1)`, ''],
  [`const Same2 = service('same', () => 2)`, 'duplicate-service'],
  [`const middle = module('middle', { scope: 'parent', tags: ['x'] })`, 'option-of-middleware'],
]

test('everything that is wrong is told at once, each at its own line of its own file, with what to do', async () => {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'boot-')))
  const file = join(folder, '100% (an app) of ours.mjs')
  const lines = [
    'export default ({ core, module, service, token, guard, problem, t }) => {',
    `const needed = guard(() => {}, { name: 'needed' })`,
    `const needing = guard(() => {}, { name: 'needing', needs: [needed] })`,
    `const loop = module('loop')`,
    ...definitions.map(([line]) => line),
    'return core()',
    ...mistakes.map(([line]) => line),
    '.use(middle).use(Missing).use(Throwing).use(Captive).use(Left).use(Same).use(Same2)',
    '}',
  ]
  writeFileSync(file, lines.join('\n'))
  try {
    const { default: define } = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as {
      default(parts: object): { build(options: object): Promise<unknown> }
    }
    const error: unknown = await define({ core, module, service, token, guard, problem, t })
      .build({ mode: 'test' })
      .catch((it: unknown) => it)
    if (!(error instanceof BootError)) throw error
    const told = error.problems.map(({ code, at }) => `${code} at ${at?.replace(/:\d+$/, '')}`)
    const wanted = [...definitions, ...mistakes]
      .filter(([, code]) => code !== '')
      .map(([line, code]) => `${code} at ${file}:${lines.lastIndexOf(line) + 1}`)
    expect(told.sort()).toEqual(wanted.sort())
    for (const it of error.problems) {
      expect([it.code, it.message.length > 10, it.fix.length > 5]).toEqual([it.code, true, true])
      expect(error.message).toContain(it.message)
      expect(error.message).toContain(it.fix)
      expect(`${it.message} ${it.fix}`).not.toMatch(/\[object|Cannot read/)
    }
    expect(error.message).toContain(`The application can't start: ${wanted.length} problems.`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a module that uses itself is told with the way round', async () => {
  const inner = module('inner')
  const outer = module('outer').use(inner)
  inner.use('/again', outer)
  await expect(core().use('/outer', outer).build({ mode: 'test' })).rejects.toThrow(/outer → inner → outer/)
})

test('a part that app() has already is told to take its settings there', async () => {
  const twice = app({ mode: 'test' }).use(accessLog())
  await expect(twice.build()).rejects.toThrow("The service 'access-log' is made twice, by the same line")
  await expect(twice.build()).rejects.toThrow('app({ accessLog: {} })')
})
