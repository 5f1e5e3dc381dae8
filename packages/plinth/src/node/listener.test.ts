import { existsSync, mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { core, type ListenOptions } from '../app/index.ts'
import type { Dispatch } from '../contract.ts'
import { certificate } from './fixtures/certificate.ts'
import { RawConnection } from './fixtures/raw-connection.ts'
import { nodeHttp } from './http-transport.ts'
import { http1 } from './http1/server.ts'

const tellPeer: Dispatch = ({ peer }) => ({
  status: 200,
  headers: [],
  body: `${peer.address} ${peer.port > 0 ? 'port' : 'none'} ${peer.secure ? 'secure' : 'plain'}`,
})
const ask = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'plinth-listen-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true })
  vi.unstubAllEnvs()
})

/** A socket's file whose server has died without removing it. */
function deadSocket(path: string): void {
  const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
  spawnSync(process.execPath, ['-e', script])
}

function getOver(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    httpRequest({ socketPath: path, path: '/' }, (answer) => {
      let text = ''
      answer.setEncoding('utf8').on('data', (it) => (text += it))
      answer.on('end', () => resolve(text))
    })
      .on('error', reject)
      .end()
  })
}

function getSecurely(url: string, ca: string, more: object = {}): Promise<{ readonly text: string; readonly name: string }> {
  return new Promise((resolve, reject) => {
    httpsRequest(url, { ca, agent: false, ...more }, (answer) => {
      const name = (answer.socket as TLSSocket).getPeerCertificate().subject.CN as string
      let text = ''
      answer.setEncoding('utf8').on('data', (it) => (text += it))
      answer.on('end', () => resolve({ text, name }))
    })
      .on('error', reject)
      .end()
  })
}

describe.each([
  ['node:http', nodeHttp],
  ['the engine', http1()],
] as const)('over %s', (_, transport) => {
  describe('a UNIX socket', () => {
    test('is served under its mode, told as URL and peer, and removed at close', async () => {
      const path = join(folder, 'app one.sock')
      const listening = await transport.listen(tellPeer, { path })
      expect(listening).toMatchObject({ port: 0, url: `unix://${path.replace(' ', '%20')}` })
      expect(new URL(listening.url).pathname).toBe(path.replace(' ', '%20'))
      expect(statSync(path).mode & 0o777).toBe(0o600)
      expect(await getOver(path)).toBe('unix none plain')
      await listening.close(1_000)
      expect(existsSync(path)).toBe(false)
    })

    test('has the mode that was asked for', async () => {
      const path = join(folder, 'a.sock')
      const listening = await transport.listen(tellPeer, { path, socketMode: 0o666 })
      expect(statSync(path).mode & 0o777).toBe(0o666)
      await listening.close(1_000)
    })

    test('that a dead server left is replaced, a live one refused', async () => {
      const path = join(folder, 'a.sock')
      deadSocket(path)
      expect(existsSync(path)).toBe(true)
      const listening = await transport.listen(tellPeer, { path })
      expect(await getOver(path)).toBe('unix none plain')
      await expect(transport.listen(tellPeer, { path })).rejects.toMatchObject({
        code: 'EADDRINUSE',
        message: expect.stringContaining(path),
      })
      expect(await getOver(path)).toBe('unix none plain')
      await listening.close(1_000)
    })

    test('does not take the place of anything else', async () => {
      const path = join(folder, 'a.sock')
      writeFileSync(path, 'precious')
      await expect(transport.listen(tellPeer, { path })).rejects.toThrow('is no socket')
      symlinkSync(path, join(folder, 'b.sock'))
      await expect(transport.listen(tellPeer, { path: join(folder, 'b.sock') })).rejects.toThrow('is no socket')
      expect(statSync(path).size).toBe(8)
    })
  })

  describe('TLS', () => {
    test('serves over text', async () => {
      const { key, cert } = certificate()
      const listening = await transport.listen(tellPeer, { port: 0, tls: { key, cert } })
      expect(listening.url).toBe(`https://127.0.0.1:${listening.port}`)
      expect((await getSecurely(listening.url, cert)).text).toBe('127.0.0.1 port secure')
      await listening.close(1_000)
    })

    test('files that change are read again, and broken ones told once, while the old ones go on', async () => {
      const [one, two] = [certificate('one'), certificate('two')]
      const tls = { key: join(folder, 'key.pem'), cert: join(folder, 'cert.pem'), reloadMs: 5 }
      const put = (path: string, text: string): void => {
        writeFileSync(`${path}.new`, text)
        renameSync(`${path}.new`, path)
      }
      put(tls.key, one.key)
      put(tls.cert, one.cert)
      const told: Error[] = []
      const listening = await transport.listen(tellPeer, { port: 0, tls, report: (error) => told.push(error) })
      expect((await getSecurely(listening.url, one.cert)).name).toBe('one')
      put(tls.cert, 'nonsense')
      await vi.waitFor(() => expect(told).toHaveLength(1))
      expect(told[0]?.message).toMatch(/^listen: tls.key and tls.cert are no pair/)
      expect((await getSecurely(listening.url, one.cert)).name).toBe('one')
      put(tls.cert, two.cert)
      put(tls.key, two.key)
      await vi.waitFor(async () => expect((await getSecurely(listening.url, two.cert)).name).toBe('two'), { timeout: 5_000 })
      await listening.close(1_000)
    })

    test('clients must show a certificate where one is asked for', async () => {
      const [server, client] = [certificate('server'), certificate('client')]
      const listening = await transport.listen(tellPeer, { port: 0, tls: { ...server, ca: client.cert } })
      expect((await getSecurely(listening.url, server.cert, client)).text).toBe('127.0.0.1 port secure')
      await expect(getSecurely(listening.url, server.cert)).rejects.toThrow(/certificate required|ECONNRESET|socket hang up/i)
      await listening.close(1_000)
    })

    test('who speaks plain HTTP is cut off, others go on, and closing waits for nobody in a handshake', async () => {
      const { key, cert } = certificate()
      const listening = await transport.listen(tellPeer, { port: 0, tls: { key, cert } })
      const plain = await new RawConnection(listening.port).opened()
      await plain.send(ask).end()
      const half = connect(listening.port, '127.0.0.1')
      half.on('error', () => {})
      await once(half, 'connect')
      half.write(Buffer.from([0x16, 3, 1]))
      expect((await getSecurely(listening.url, cert)).text).toBe('127.0.0.1 port secure')
      const closed = once(half, 'close')
      await listening.close(50)
      await closed
    })
  })

  describe('the PROXY protocol', () => {
    const v1 = 'PROXY TCP4 192.0.2.1 192.0.2.2 4711 443\r\n'

    test.each([
      ['in one write', [v1 + ask]],
      ['byte by byte', [...(v1 + ask)]],
      ['as a packet of its own', [v1, ask]],
    ])('tells who is connected to the proxy, %s', async (__, parts) => {
      const listening = await transport.listen(tellPeer, { port: 0, proxyProtocol: true })
      const connection = await new RawConnection(listening.port).opened()
      for (const part of parts) {
        connection.send(part)
        await new Promise(setImmediate)
      }
      expect((await connection.answer()).body).toBe('192.0.2.1 port plain')
      await connection.end()
      await listening.close(1_000)
    })

    test('inside it TLS is spoken', async () => {
      const { key, cert } = certificate()
      const listening = await transport.listen(tellPeer, { port: 0, tls: { key, cert }, proxyProtocol: true })
      const socket = connect(listening.port, '127.0.0.1')
      await once(socket, 'connect')
      socket.write(v1)
      const secure = connectTls({ socket, ca: cert, servername: 'localhost' })
      await once(secure, 'secureConnect')
      const connection = new RawConnection(secure).send(ask)
      expect((await connection.answer()).body).toBe('192.0.2.1 port secure')
      await connection.end()
      await listening.close(1_000)
    })

    test('over a UNIX socket, from the proxy that is named', async () => {
      const path = join(folder, 'a.sock')
      const listening = await transport.listen(tellPeer, { path, proxyProtocol: { from: 'unix' } })
      const connection = new RawConnection(path).send(v1 + ask)
      expect((await connection.answer()).body).toBe('192.0.2.1 port plain')
      await listening.close(1_000)
    })

    test('a connection without a header is closed without a word, one too slow likewise', async () => {
      let asked = 0
      const dispatch: Dispatch = () => ({ status: ++asked, headers: [], body: null })
      const listening = await transport.listen(dispatch, { port: 0, proxyProtocol: { timeoutMs: 50 } })
      for (const bytes of [ask, v1.replace('4711', '04711') + ask, 'PROXY TCP4 192', '']) {
        const connection = await new RawConnection(listening.port).opened()
        await connection.send(bytes).end()
        expect(connection.received).toBe('')
      }
      expect(asked).toBe(0)
      await listening.close(1_000)
    })

    test('who is not among the proxies speaks HTTP, and can not pretend', async () => {
      const listening = await transport.listen(tellPeer, { port: 0, proxyProtocol: { from: '192.0.2.0/24' } })
      expect((await new RawConnection(listening.port).send(ask).answer()).body).toBe('127.0.0.1 port plain')
      expect((await new RawConnection(listening.port).send(v1 + ask).answer()).status).toBe(400)
      await listening.close(1_000)
    })

    test('closing does not wait for a header that never comes', async () => {
      const listening = await transport.listen(tellPeer, { port: 0, proxyProtocol: true })
      const connection = await new RawConnection(listening.port).opened()
      await connection.send('PROXY ').opened()
      await listening.close(50)
      expect((await connection.end()).received).toBe('')
    })

    test('a connection that was handed over begins with it too', async () => {
      const listening = await transport.listen(tellPeer, { port: 0, proxyProtocol: true })
      const door = createServer({ pauseOnConnect: true }, (socket) => listening.accept(socket)).listen(0, '127.0.0.1')
      await once(door, 'listening')
      const connection = await new RawConnection((door.address() as { port: number }).port).opened()
      expect((await connection.send(v1 + ask).answer()).body).toBe('192.0.2.1 port plain')
      await listening.close(1_000)
      door.close()
    })
  })

  test.each<[ListenOptions, string]>([
    [{ path: 'a', port: 1 }, 'path stands in place of port'],
    [{ path: '' }, 'path must be the path of a UNIX socket'],
    [{ path: 'a'.repeat(200) }, '1 to 103 bytes'],
    [{ path: '\0abstract' }, 'without NUL'],
    [{ path: 'a', socketMode: 1_000 }, 'socketMode must be the mode of a file'],
    [{ proxyProtocol: 'v1' as never }, 'proxyProtocol must be true'],
    [{ proxyProtocol: { from: 'everybody' } }, 'listen: proxyProtocol.from: "everybody" is no address'],
    [{ proxyProtocol: { timeoutMs: 0 } }, 'proxyProtocol.timeoutMs must be'],
    [{ tls: { key: '/nowhere/key.pem', cert: '-----BEGIN CERTIFICATE-----' } }, 'tls.key is neither PEM text nor a file that can be read'],
    [{ tls: { key: certificate().key, cert: certificate().cert } }, 'no pair of key and certificate'],
    [{ tls: { key: 1 as never, cert: '' } }, 'tls.key must be PEM text'],
    [{ tls: { ...certificate(), minVersion: 'SSLv3' as never } }, 'tls.minVersion must be'],
    [{ tls: { ...certificate(), reloadMs: -1 } }, 'tls.reloadMs must be'],
  ])('%j is refused', async (options, message) => {
    await expect(transport.listen(tellPeer, options)).rejects.toThrow(message)
    await expect(transport.listen(tellPeer, options)).rejects.toThrow(TypeError)
  })
})

test('an application listens on a path whatever PORT says, and tells certificates that break to its log', async () => {
  vi.stubEnv('PORT', 'nonsense')
  const path = join(folder, 'a.sock')
  await using running = await core({ mode: 'test' })
    .get('/', ({ peer }) => peer.address)
    .listen({ path })
  expect([running.url, running.port]).toEqual([`unix://${path}`, 0])
  expect(await getOver(path)).toBe('unix')
  await expect(core({ mode: 'test' }).listen(3000, { path })).rejects.toThrow('path stands in place of port')

  const lines: unknown[] = []
  const nothing = (): void => {}
  const log = { debug: nothing, info: nothing, warn: nothing, error: (it: unknown) => lines.push(it), child: () => log }
  const pair = certificate()
  const cert = join(folder, 'cert.pem')
  writeFileSync(cert, pair.cert)
  await using secure = await core({ mode: 'test', log }).listen({ port: 0, tls: { key: pair.key, cert, reloadMs: 5 } })
  writeFileSync(cert, 'nonsense')
  await vi.waitFor(() => expect(lines).toEqual([{ err: expect.objectContaining({ message: expect.stringContaining('no pair') }) }]))
  expect(secure.url).toMatch(/^https:/)
})
