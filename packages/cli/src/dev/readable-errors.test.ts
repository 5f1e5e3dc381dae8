import { app, type Mode, problem, reply } from 'plinth'
import { describe, expect, test } from 'vitest'
import type { Incoming, Outgoing } from 'plinth'
import { readableErrors } from './readable-errors.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => silent }

function incoming(path: string, accept: string | undefined, method = 'GET'): Incoming {
  const headers: { [name: string]: string } = accept === undefined ? {} : { accept }
  return {
    method,
    path,
    search: '',
    peer: { address: '127.0.0.1', port: 1, secure: false },
    env: undefined,
    signal: new AbortController().signal,
    template: undefined,
    sent: undefined,
    header: (name) => headers[name],
    headers: () => Object.entries(headers),
    stream: () => null,
    gather: () => Promise.resolve(new Uint8Array()),
    abort: () => {},
  }
}

async function ask(mode: Mode, path: string, accept?: string, method?: string): Promise<Outgoing> {
  const built = await app({ mode, log: silent })
    .get('/fine', () => 'fine')
    .get('/broken', () => {
      throw new Error('<b>broken</b>')
    })
    .get('/refused', () => problem('not-found'))
    .get('/own', () => reply(500, 'own'))
    .build()
  let done = 0
  const answer = await readableErrors(built, { cwd: process.cwd() }, () => done++)(incoming(path, accept, method))
  await built.close()
  expect(done).toBe(1)
  expect(answer.headers.slice(-2)).toEqual(['connection', 'close'])
  return answer
}

describe('what nobody expected', () => {
  test('is a readable page for a browser in development', async () => {
    const answer = await ask('development', '/broken', 'text/html')
    expect(answer.status).toBe(500)
    expect(answer.body).toContain('GET /broken failed')
    expect(answer.body).toContain('&lt;b&gt;broken&lt;/b&gt;')
    expect(answer.body).toMatch(/readable-errors\.test\.ts:\d+:\d+/)
    const names = answer.headers.filter((_, i) => i % 2 === 0)
    expect(names.filter((it) => it === 'content-type')).toHaveLength(1)
    expect(names).toContain('content-security-policy')
  })

  test('has no body where HEAD asks', async () => {
    expect((await ask('development', '/broken', 'text/html', 'HEAD')).body).toBeNull()
  })

  test.each([
    ['production', 'text/html'],
    ['test', 'text/html'],
    ['development', 'application/json'],
    ['development', undefined],
  ] as const)('stays the fixed answer in %s for %s', async (mode, accept) => {
    const answer = await ask(mode, '/broken', accept)
    expect(answer.status).toBe(500)
    expect(answer.body).not.toContain('broken')
    expect(JSON.parse(answer.body as string)).toMatchObject({ code: 'internal-error' })
  })
})

test.each(['/fine', '/refused', '/own', '/nowhere'])('%s answers a browser as it always does', async (path) => {
  const [browser, program] = [await ask('development', path, 'text/html'), await ask('development', path)]
  expect(browser.status).toBe(program.status)
  expect(browser.body).toEqual(program.body)
})
