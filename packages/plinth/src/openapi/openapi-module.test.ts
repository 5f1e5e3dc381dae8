import { describe, expect, test } from 'vitest'
import { core, guard, module, problem, refuse, type Mode } from '../index.ts'
import { assetNames, assetPaths } from './assets.ts'
import { Documents } from './documents.ts'
import { docsPage, docsPolicy, plainPage } from './docs-page.ts'
import { openapi } from './openapi-module.ts'
import type { OpenapiOptions } from './types.ts'

type Ask = (path: string, headers?: { readonly [name: string]: string }) => Promise<Response>

/** A shop in two versions, described. */
async function shop(options?: OpenapiOptions, mode: Mode = 'development', prefix?: `/${string}`): Promise<Ask> {
  const app = core({ name: 'Shop <1>', mode })
    .use(module('v1', '/v1', { version: 'v1', deprecated: true }).get('/tea', { summary: 'Old tea' }, () => ''))
    .use(module('v2', '/v2', { version: 'v2' }).get('/tea', { summary: 'Tea & milk' }, () => ''))
  if (prefix === undefined) app.use(openapi(options))
  else app.use(prefix, openapi(options))
  const built = await app.build()
  return (path, headers = {}) => built.fetch(new Request(`http://shop.example${path}`, { headers }))
}
const statuses = async (ask: Ask, headers?: { readonly [name: string]: string }): Promise<readonly number[]> =>
  Promise.all(['/openapi.json', '/docs'].map(async (path) => (await ask(path, headers)).status))

describe('/openapi.json', () => {
  test('is the document, to be asked for again each time', async () => {
    const answer = await (await shop({ title: 'Shop' }))('/openapi.json')
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('cache-control')).toBe('no-cache')
    const document = (await answer.json()) as { readonly info: object; readonly paths: object }
    expect(document.info).toEqual({ title: 'Shop', version: 'v2' })
    expect(Object.keys(document.paths)).toEqual(['/v2/tea'])
  })

  test('is not sent again to whoever has it', async () => {
    const ask = await shop()
    const etag = (await ask('/openapi.json')).headers.get('etag') as string
    expect(etag).toMatch(/^"[0-9a-f]{24}"$/)
    const again = await ask('/openapi.json', { 'if-none-match': `"old", W/${etag}` })
    expect([again.status, await again.text(), again.headers.get('etag')]).toEqual([304, '', etag])
    expect((await ask('/openapi.json', { 'if-none-match': '"old"' })).status).toBe(200)
  })

  test('has one beside it for each version', async () => {
    const ask = await shop()
    const paths = async (path: string): Promise<readonly string[]> =>
      Object.keys(((await (await ask(path)).json()) as { paths: object }).paths)
    expect(await paths('/openapi/v1.json')).toEqual(['/v1/tea'])
    expect(await paths('/openapi/v2.json')).toEqual(['/v2/tea'])
    expect((await ask('/openapi/v1.json')).headers.get('etag')).not.toBe((await ask('/openapi/v2.json')).headers.get('etag'))
  })

  test.each(['/openapi/v3.json', '/openapi/v1', '/openapi/.json'])('is not at %s', async (path) => {
    expect((await (await shop())(path)).status).toBe(404)
  })
})

describe('who sees them', () => {
  test('everybody in development and tests', async () => {
    expect(await statuses(await shop(undefined, 'development'))).toEqual([200, 200])
    expect(await statuses(await shop(undefined, 'test'))).toEqual([200, 200])
  })

  test('nobody in production', async () => {
    const ask = await shop(undefined, 'production')
    expect(await statuses(ask)).toEqual([404, 404])
    expect((await ask('/docs/docs.js')).status).toBe(404)
  })

  test('everybody in production where that is wanted', async () => {
    expect(await statuses(await shop({ docs: true }, 'production'))).toEqual([200, 200])
    expect(await statuses(await shop({ document: true }, 'production'))).toEqual([200, 404])
  })

  test('nobody anywhere where that is wanted', async () => {
    expect(await statuses(await shop({ docs: false }))).toEqual([404, 404])
    expect(await statuses(await shop({ docs: false, document: true }))).toEqual([200, 404])
  })

  test('whom the guards let pass', async () => {
    const staff = guard((ctx) => (ctx.header('x-staff') === 'yes' ? undefined : refuse('not-signed-in')), {
      refuses: [problem('not-signed-in')],
    })
    const ask = await shop({ docs: { guards: [staff] } }, 'production')
    expect(await statuses(ask)).toEqual([401, 401])
    expect((await ask('/docs/docs.js')).status).toBe(401)
    expect(await statuses(ask, { 'x-staff': 'yes' })).toEqual([200, 200])
  })

  test('whoever the guards of the application would refuse', async () => {
    const nobody = guard(() => refuse('forbidden'))
    const built = await core({ guards: [nobody], mode: 'development' })
      .use(openapi())
      .build()
    expect((await built.fetch(new Request('http://shop.example/docs'))).status).toBe(200)
  })
})

describe('mistakes in the options stop the application', () => {
  test('a security scheme that nothing describes', async () => {
    const app = core()
      .get('/a', { guards: [guard(() => undefined, { security: 'badge' })] }, () => '')
      .use(openapi())
    await expect(app.build()).rejects.toThrow(/'badge', which nothing describes/)
  })

  test('but not one of a hidden route', async () => {
    const app = core()
      .get('/a', { hidden: true, guards: [guard(() => undefined, { security: 'badge' })] }, () => '')
      .use(openapi())
    await using built = await app.build()
    expect(built.routes.length).toBeGreaterThan(1)
  })

  test('a current version that no route has', async () => {
    await expect(shop({ current: 'v3' })).rejects.toThrow(/openapi\(\{ current: 'v3' \}\): no route has that version; there are v2, v1/)
    await expect(
      core()
        .use(openapi({ current: 'v1' }))
        .build(),
    ).rejects.toThrow(/there are none/)
  })
})

describe('/docs', () => {
  test('runs nothing and loads nothing from elsewhere', async () => {
    const answer = await (await shop())('/docs')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    )
    expect(await answer.text()).not.toMatch(/<script>|<style|\son\w+=|style=|https?:\/\//)
  })

  test('may reach the servers of the document', () => {
    expect(docsPolicy([{ url: '/' }, { url: 'https://api.shop.example:8443/v1' }, { url: 'https://evil;script-src *' }])).toContain(
      "connect-src 'self' https://api.shop.example:8443 https://evil;",
    )
  })

  test('shows the version that is asked for', async () => {
    const ask = await shop()
    expect(await (await ask('/docs?version=v1')).text()).toContain('v1')
    for (const query of ['version=v3', 'version=v1&version=v2', 'version=']) expect((await ask(`/docs?${query}`)).status).toBe(404)
  })

  test('works below a prefix', async () => {
    const ask = await shop(undefined, 'development', '/internal')
    expect(await (await ask('/internal/docs')).text()).not.toMatch(/(src|href)="\//)
    expect((await ask('/internal/openapi.json')).status).toBe(200)
  })

  test('serves its own files, once the build has brought those of others', async () => {
    const ask = await shop()
    const isBuilt = (await assetPaths()) !== undefined
    expect((await (await ask('/docs')).text()).includes('swagger-ui-bundle.js')).toBe(isBuilt)
    for (const [name, type] of [
      ['docs.js', 'text/javascript; charset=utf-8'],
      ['docs.css', 'text/css; charset=utf-8'],
      ['favicon-32x32.png', 'image/png'],
    ] as const) {
      const answer = await ask(`/docs/${name}`)
      await answer.arrayBuffer()
      expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual(
        isBuilt ? [200, type, 'no-cache'] : [404, 'application/problem+json; charset=utf-8', null],
      )
    }
  })

  test('serves no other files', async () => {
    const ask = await shop()
    for (const name of ['openapi-module.ts', '..%2Fassets.ts', 'toString', 'swagger-ui.version.txt']) {
      expect([name, (await ask(`/docs/${name}`)).status]).toEqual([name, 404])
    }
  })
})

describe('the page', () => {
  const documents = async (options = {}): Promise<Documents> => {
    const built = await core({ name: 'Shop <1>' })
      .use(module('v1', '/v1', { version: 'v1/a', deprecated: true }).get('/tea', { summary: 'Old tea' }, () => ''))
      .use(
        module('v2', '/v2', { version: 'v2' })
          .get('/tea', { summary: 'Tea & <milk>' }, () => '')
          .delete('/tea', () => null),
      )
      .build()
    return new Documents(built, options)
  }

  test('names its document and the versions', async () => {
    const text = (await docsPage(await documents(), undefined)).text
    expect(text).toContain('<title>Shop &lt;1&gt; v2</title>')
    expect(text).toContain('data-document="openapi.json"')
    expect(text).toContain('<a href="?version=v2" aria-current="page">v2</a><a href="?version=v1%2Fa">v1/a</a>')
    const older = (await docsPage(await documents(), 'v1/a')).text
    expect(older).toContain('data-document="openapi/v1%2Fa.json"')
    expect(older).toContain('<a href="?version=v1%2Fa" aria-current="page">')
  })

  test('lists no versions where there is one', async () => {
    const built = await core()
      .get('/', () => '')
      .build()
    expect((await docsPage(new Documents(built, {}), undefined)).text).not.toContain('<nav')
  })

  test('is a list of operations where the platform has no files', async () => {
    const text = (await plainPage(await documents({ description: 'All about tea' }), undefined)).text
    expect(text).toContain('<tr><td>GET</td><td><code>/v2/tea</code></td><td>Tea &amp; &lt;milk&gt;</td><td></td></tr>')
    expect(text).toContain('<tr><td>DELETE</td><td><code>/v2/tea</code></td><td></td><td></td></tr>')
    expect(text).toContain('<p>All about tea</p>')
    expect(text).not.toContain('<script')
    expect((await plainPage(await documents(), 'v1/a')).text).toContain('<td>deprecated</td>')
  })
})

describe('the files of the page', () => {
  test('are found where they all are', async () => {
    // The sources have our own files; Swagger UI's come with the build.
    const own = await assetPaths('./assets/', ['docs.js', 'docs.css'])
    expect([...(own?.keys() ?? [])]).toEqual(['docs.js', 'docs.css'])
    expect(assetNames).toContain('swagger-ui-bundle.js')
  })

  test('are not where one is missing', async () => {
    expect(await assetPaths('./assets/', ['docs.js', 'nothing.js'])).toBeUndefined()
    expect(await assetPaths('./nowhere/')).toBeUndefined()
  })
})
