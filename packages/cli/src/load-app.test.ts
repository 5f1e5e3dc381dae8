import { app, module } from 'plinth'
import { describe, expect, test } from 'vitest'
import { Folder } from './fixtures/folder.ts'
import { appOf, loadApp } from './load-app.ts'

describe('the application among what a file exports', () => {
  const made = app()

  test('its default, else app', () => {
    expect(appOf({ default: made }, 'app.ts')).toBe(made)
    expect(appOf({ app: made, other: 1 }, 'app.ts')).toBe(made)
  })

  test.each([
    [{}, 'app.ts exports nothing', 'export the application: export default app()'],
    [{ one: 1, two: 2 }, 'app.ts exports no application; it exports one, two', 'export the application: export default app()'],
    [{ server: made, one: 1 }, "app.ts exports its application as 'server'", 'export default server'],
    [
      { default: module('part') },
      'app.ts exports a module as its default, which is a part of an application',
      'use it in one: export default app().use(…)',
    ],
    [{ app: module('part') }, "app.ts exports a module as 'app'", 'use it in one'],
    [{ default: () => made }, 'app.ts exports a function as its default, which is no application', 'call it: export default create()'],
    [{ default: Promise.resolve() }, 'exports a promise', 'export what app() gives, without listen(…): plinth listens'],
    [{ default: { url: 'http://localhost:1', port: 1 } }, 'exports an application that listens already', 'without listen(…)'],
    [{ default: [] }, 'exports an array', 'export what app() gives'],
    [{ default: { fetch: 1 } }, 'exports an object', 'export what app() gives'],
    [{ default: 'app' }, 'exports a string', 'export what app() gives'],
  ])('%#: it says what there is instead', (exported, message, fix) => {
    const thrown = expect.objectContaining({ message: expect.stringContaining(message), fix: expect.stringContaining(fix), at: 'app.ts' })
    expect(() => appOf(exported as never, 'app.ts')).toThrow(thrown)
  })

  test('a file is imported by its URL', async () => {
    using folder = new Folder({ 'a b.mjs': 'export const other = 1' })
    await expect(loadApp(`${folder.path}/a b.mjs`, folder.path)).rejects.toThrow('a b.mjs exports no application; it exports other')
  })
})
