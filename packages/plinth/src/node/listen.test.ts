import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { BootError, core, service } from '../app/index.ts'

afterEach(() => {
  vi.unstubAllEnvs()
})

describe.each(['http1', 'node:http'] as const)('over %s', (transport) => {
  describe('the port', () => {
    test('is the one given, else the one in PORT', async () => {
      vi.stubEnv('PORT', '0')
      const built = await core({ mode: 'test' })
        .get('/', () => 'here')
        .build()
      await using running = await built.listen({ transport })
      expect(running.port).toBeGreaterThan(0)
      expect(await (await fetch(running.url)).text()).toBe('here')
      await using second = await core({ mode: 'test' }).listen(0, { transport })
      expect(second.port).not.toBe(running.port)
    })

    test('that is none is refused with what would be right', async () => {
      for (const variable of ['http', '-1', '65536', '1e3', ' 80', '0x50']) {
        vi.stubEnv('PORT', variable)
        await expect(core({ mode: 'test' }).listen({ transport })).rejects.toThrow(
          /The variable PORT is no port\n.*0 \(any that is free\) to 65535/,
        )
      }
      await expect(core({ mode: 'test' }).listen(70_000, { transport })).rejects.toThrow(BootError)
      await expect(core({ mode: 'test' }).listen(1.5, { transport })).rejects.toThrow('The port 1.5 is no port')
    })

    test('that is taken leaves nothing open behind', async () => {
      const other = createServer().listen(0, '127.0.0.1')
      await once(other, 'listening')
      const disposed: string[] = []
      const Pool = service('pool', () => 'pool', { dispose: (it) => disposed.push(it) })
      const { port } = other.address() as AddressInfo
      await expect(core({ mode: 'test' }).use(Pool).listen(port, { transport })).rejects.toMatchObject({ code: 'EADDRINUSE' })
      expect(disposed).toEqual(['pool'])
      other.close()
    })
  })

  describe('closing', () => {
    test('is done once, however often it is asked for', async () => {
      let disposed = 0
      const Pool = service('pool', () => 'pool', { dispose: () => void disposed++ })
      const running = await core({ mode: 'test' }).use(Pool).listen(0, { transport })
      await Promise.all([running.close(), running.close()])
      await running.close()
      expect(disposed).toBe(1)
    })

    test('by signals is not for tests, unless asked for, and leaves no listener behind', async () => {
      const before = process.listenerCount('SIGTERM')
      const quiet = await core({ mode: 'test' }).listen(0, { transport })
      expect(process.listenerCount('SIGTERM')).toBe(before)
      await quiet.close()
      const told = await core({ mode: 'test' }).listen(0, { signals: true, transport })
      expect(process.listenerCount('SIGTERM')).toBe(before + 1)
      await told.close()
      expect(process.listenerCount('SIGTERM')).toBe(before)
    })

    test('waits for the notice first', async () => {
      const built = await core({ mode: 'test' })
        .get('/', () => 'here')
        .build()
      const running = await built.listen({ port: 0, noticeMs: 500, transport })
      const closing = running.close()
      expect(built.ready).toBe(false)
      expect(await (await fetch(running.url)).text()).toBe('here')
      await closing
      await expect(fetch(running.url)).rejects.toThrow('fetch failed')
    })
  })
})
