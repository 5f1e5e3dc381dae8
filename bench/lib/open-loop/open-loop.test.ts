import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, describe, expect, test } from 'vitest'
// @ts-expect-error -- plain JavaScript without declarations
import { atShare } from '../stats.mjs'
// @ts-expect-error -- plain JavaScript without declarations
import { doubt, generatorFor } from './index.mjs'
// @ts-expect-error -- plain JavaScript without declarations
import { planOf, readPlan } from './plan.mjs'

const folder = mkdtempSync(join(tmpdir(), 'plinth-open-loop-'))
afterAll(() => rmSync(folder, { recursive: true }))

const compiles = spawnSync('cc', ['--version']).status === 0 && process.platform === 'linux'
const get = { method: 'GET', path: '/', headers: { Accept: '*/*' } }

test('a plan is read as it was written, whatever bytes its requests have', () => {
  const post = { method: 'POST', path: '/orders', headers: { 'Content-Type': 'application/json' }, body: '{"name":"Zoë"}\n\nrequest 3\n' }
  const bytes = planOf({ port: 4000, requests: [get, post], rate: 1500, seconds: 2, warmup: 0.5, connections: 8 })
  const { requests, ...numbers } = readPlan(bytes)
  expect(numbers).toEqual({ port: 4000, rate: 1500, skipped: 750, measured: 3000, connections: 8, patience: 5 })
  expect(requests.map(String)).toEqual([
    'GET / HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nAccept: */*\r\n\r\n',
    `POST /orders HTTP/1.1\r\nHost: 127.0.0.1:4000\r\nContent-Type: application/json\r\nContent-Length: 27\r\n\r\n${post.body}`,
  ])
})

test.each(['rate', 'rate 5', 'speed 5\n', 'request 100\nGET\n', 'rate 5\n\n'])('%j is not a plan', (text) => {
  expect(() => readPlan(Buffer.from(text))).toThrow('not a plan')
})

test('a share of sorted values is the least that so many do not exceed', () => {
  const values = Array.from({ length: 1000 }, (_, at) => at + 1)
  expect([500, 990, 999, 1000].map((permille) => atShare(values, permille))).toEqual([500, 990, 999, 1000])
  expect(atShare([7], 1)).toBe(7)
  expect(atShare([], 990)).toBe(0)
})

test('times are doubted where the generator or other work on the machine may have made them', () => {
  const sound = { lagP99: 0.05, idle: 0.4, serverStarved: 0.01 }
  expect(doubt(sound)).toBeUndefined()
  expect(doubt({ ...sound, lagP99: 3 })).toMatch('late itself')
  expect(doubt({ ...sound, idle: 0 })).toMatch('no time left')
  expect(doubt({ ...sound, serverStarved: 0.2 })).toMatch("the server's core")
})

test.runIf(compiles)('what the histogram tells of a share is never too little, and at most 1 % too much', async () => {
  const source = join(folder, 'shares.c')
  writeFileSync(
    source,
    `#include <stdio.h>
    #include "histogram.h"
    static struct histogram all;
    int main(void) {
      unsigned long long value;
      while (scanf("%llu", &value) == 1) histogram_add(&all, value);
      for (unsigned permille = 1; permille <= 1000; permille++) printf("%llu ", (unsigned long long)histogram_at(&all, permille));
    }`,
  )
  const program = join(folder, 'shares')
  expect(spawnSync('cc', ['-I', import.meta.dirname, '-o', program, source], { encoding: 'utf8' })).toMatchObject({ status: 0 })
  // From a nanosecond to a quarter of an hour, as many in every power of two; and the edges of powers of two.
  let seed = 1
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647
  const edges = Array.from({ length: 40 }, (_, at) => [2 ** at - 1, 2 ** at, 2 ** at + 1]).flat()
  for (const values of [[], [0], [5], edges, Array.from({ length: 20_000 }, () => Math.floor(2 ** (random() * 40)))]) {
    const { stdout } = spawnSync(program, { input: values.join(' '), encoding: 'utf8' })
    const told = stdout.trim().split(' ').map(Number)
    const sorted = values.toSorted((a, b) => a - b)
    const wrong = told.filter((value, at) => {
      const exact = atShare(sorted, at + 1) as number
      return value < exact || value > exact * 1.01
    })
    expect([told.length, wrong]).toEqual([1000, []])
  }
})

const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))))

/** Serves with `answer`, which gets the socket, the number of the request, from 1, and its bytes; answers the port. */
async function serve(answer: (socket: Socket, count: number, bytes: string) => void): Promise<number> {
  let count = 0
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => answer(socket, ++count, String(bytes)))
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const answerOf = (status: number, body = 'hello', more = ''): string =>
  `HTTP/1.1 ${status} Said\r\nDate: now\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`

type Report = Record<string, number> & { why: string }

describe.each(
  [
    { name: 'c', can: compiles },
    { name: 'node', can: true },
  ].filter(({ can }) => can),
)('the generator $name', ({ name }) => {
  async function paced(plan: object): Promise<Report> {
    const file = join(folder, `plan-${name}`)
    writeFileSync(file, planOf({ requests: [get], rate: 1000, seconds: 0.1, warmup: 0, connections: 4, patience: 50, ...plan }))
    const [program, ...args] = generatorFor(name).command()
    const { stdout } = await promisify(execFile)(program, [...args, file])
    return JSON.parse(stdout)
  }

  test('sends every request of a plan as it stands, in turn, and reports those after the warm-up', async () => {
    const seen = new Set<string>()
    const port = await serve((socket, _, bytes) => {
      seen.add(bytes)
      socket.write(answerOf(201))
    })
    const post = { method: 'POST', path: '/orders', headers: {}, body: '{"name":"Zoë"}' }
    const plan = { port, requests: [get, post], rate: 1000, seconds: 0.1, warmup: 0.05, connections: 4 }
    expect(await paced(plan)).toMatchObject({ asked: 1000, sent: 100, answered: 100, unanswered: 0, non2xx: 0, errors: 0, why: '' })
    expect(seen).toEqual(new Set(readPlan(planOf(plan)).requests.map(String)))
  })

  test('a server that stalls is late for all that was due meanwhile, not only for what it had been sent', async () => {
    let stalled: Socket[] | undefined = []
    const port = await serve((socket, count) => {
      if (stalled === undefined) socket.write(answerOf(200))
      else stalled.push(socket)
      if (count > 1) return
      setTimeout(() => {
        for (const one of stalled ?? []) one.write(answerOf(200))
        stalled = undefined
      }, 300)
    })
    const { p50, max, answered } = await paced({ port, seconds: 0.2 })
    // Request i was due i ms after the first, and none was answered before 300 ms; timers may be a millisecond early.
    expect(answered).toBe(200)
    expect(p50).toBeGreaterThanOrEqual(198_000)
    expect(max).toBeGreaterThanOrEqual(299_000)
  })

  test('counts answers other than 2xx, and says which came first', async () => {
    const port = await serve((socket, count) => socket.write(answerOf(count % 10 === 0 ? 503 : 200)))
    expect(await paced({ port })).toMatchObject({ answered: 100, non2xx: 10, errors: 0, why: 'answered with 503' })
  })

  test('a connection that ends instead of an answer is an error, and another takes its place', async () => {
    const port = await serve((socket, count) => (count === 50 ? socket.destroy() : socket.write(answerOf(200))))
    expect(await paced({ port, connections: 1 })).toMatchObject({ answered: 99, unanswered: 0, errors: 1 })
  })

  test('a server may close a connection after an answer', async () => {
    const port = await serve((socket, count) => {
      if (count % 10 === 0) socket.end(answerOf(200, 'bye', 'connection: close\r\n'))
      else socket.write(answerOf(200))
    })
    expect(await paced({ port, connections: 2 })).toMatchObject({ answered: 100, errors: 0, why: '' })
  })

  test('reads answers that come in pieces, and those that have no body', async () => {
    const port = await serve((socket, count) => {
      if (count % 3 === 0) return socket.write('HTTP/1.1 204 No Content\r\n\r\n')
      const answer = answerOf(200, 'x'.repeat(40_000))
      // Through the middle of a line, of the empty line, and of the body.
      const cuts = [0, 20, answer.indexOf('\r\n\r\n') + 3, 30_000, answer.length]
      let piece = 0
      const write = (): void => {
        socket.write(answer.slice(cuts[piece], cuts[piece + 1]))
        if (++piece < cuts.length - 1) setImmediate(write)
      }
      write()
    })
    expect(await paced({ port })).toMatchObject({ answered: 100, errors: 0, why: '' })
  })

  test('an answer whose end it cannot know is an error', async () => {
    const port = await serve((socket, count) =>
      socket.write(count === 7 ? 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n' : answerOf(200)),
    )
    expect(await paced({ port })).toMatchObject({ answered: 99, errors: 1, why: expect.stringContaining('without an end') })
  })

  test('says so where nobody listens', async () => {
    // A port that was just left might be another's by now; to this one nothing binds.
    await expect(paced({ port: 1 })).rejects.toThrow('not connected')
  })
})
