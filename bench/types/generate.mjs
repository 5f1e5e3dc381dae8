import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

// Field names carry the module's number, so that no two schemas are one type and nothing is checked once for all.
const schemas = (n) => `
const Item = t.Object({
  id: t.Integer(),
  name${n}: t.String({ minLength: 1 }),
  email: t.String({ format: 'email' }),
  kind: t.Union([t.Literal('small'), t.Literal('large'), t.Literal('kind${n}')]),
  price${n}: t.Number({ minimum: 0 }),
  tags: t.Array(t.String()),
  address: t.Object({ street: t.String(), city: t.String(), country${n}: t.String() }),
  note: t.Optional(t.String()),
})
const Wanted = t.Object({
  name${n}: t.String({ minLength: 1 }),
  email: t.String({ format: 'email' }),
  price${n}: t.Number({ minimum: 0 }),
  address: t.Object({ street: t.String(), city: t.String(), country${n}: t.String() }),
  note: t.Optional(t.String()),
})
const Line = t.Object({ sku${n}: t.String(), quantity: t.Integer({ minimum: 1 }), price: t.Number() })
const made = (id: number, name: string): Output<typeof Item> =>
  ({ id, name${n}: name, email: 'a@b.example', kind: 'kind${n}', price${n}: 1, tags: [], address: { street: '', city: '', country${n}: '' } })
`

/** The ten routes of module `n`, below `prefix` in the app's chain or `''` in the module's own. */
const routes = (n, prefix) => `
  .get('${prefix}/', { query: t.Object({ page: t.Optional(t.Integer()), q${n}: t.Optional(t.String()) }), reply: { 200: t.Object({ items: t.Array(Item), total${n}: t.Integer() }) } },
    ({ query }) => ({ items: [made(query.page ?? 1, query.q${n} ?? '')], total${n}: 1 }))
  .get('${prefix}/:id', { params: t.Object({ id: t.Integer() }), reply: { 200: Item } }, ({ params }) => made(params.id, ''))
  .post('${prefix}/', { body: Wanted, reply: { 201: Item, 200: Item } }, async ({ body, reply }) => reply(201, made(1, body.name${n})))
  .put('${prefix}/:id', { params: t.Object({ id: t.Integer() }), body: Wanted, reply: { 200: Item } }, async ({ params, body }) => made(params.id, body.name${n}))
  .patch('${prefix}/:id', { body: t.Object({ name${n}: t.Optional(t.String()), note: t.Optional(t.String()) }), reply: { 200: Item } }, ({ params, body }) => made(Number(params.id), body.name${n} ?? ''))
  .delete('${prefix}/:id', { reply: { 204: null } }, () => null)
  .get('${prefix}/:id/lines', { reply: { 200: t.Array(Line) } }, ({ params }) => [{ sku${n}: params.id, quantity: 1, price: 2 }])
  .post('${prefix}/:id/lines', { body: Line, reply: { 201: Line, 202: Line } }, ({ body, reply }) => reply(201, body))
  .get('${prefix}/:id/lines/:line', ({ params, tenant }) => ({ id${n}: params.id, line: params.line, tenant }))
  .post('${prefix}/:id/publish', { body: t.Object({ at: t.String(), force${n}: t.Boolean() }) }, ({ body }) => ({ published${n}: body.force${n}, at: body.at }))`

/** One call of each of the ten routes under `at`, using what they answer, and one that must not compile: types that became `any` would pass everything. */
const calls = (n, at, root) => `
  const list = await client.get('${root}', { query: { page: 1, q${n}: 'x' } })
  const total: number = list.total${n} + list.items.length
  const item = await client.get('${at}/:id', { params: { id: 1 } })
  const street: string = item.address.street + item.address.country${n}
  const wanted = { name${n}: street, email: 'a@b.example', price${n}: total, address: { street, city: '', country${n}: '' } }
  const created = await client.post('${root}', { body: wanted })
  const put = await client.put('${at}/:id', { params: { id: created.id }, body: wanted })
  const patched = await client.patch('${at}/:id', { params: { id: 1 }, body: { name${n}: put.name${n} } })
  const kind: 'small' | 'large' | 'kind${n}' = patched.kind
  const gone: null = await client.delete('${at}/:id', { params: { id: 1 } })
  const lines = await client.get('${at}/:id/lines', { params: { id: 1 } })
  const line = await client.post('${at}/:id/lines', { params: { id: 1 }, body: { sku${n}: kind, quantity: lines.length, price: 1 } })
  const one = await client.get('${at}/:id/lines/:line', { params: { id: 1, line: line.sku${n} } })
  const published = await client.post('${at}/:id/publish', { params: { id: 1 }, body: { at: one.tenant + one.id${n}, force${n}: true } })
  const done: boolean = published.published${n}
  // @ts-expect-error an answer is not any
  const never: symbol = item.email
  // @ts-expect-error no such route
  await client.get('${at}/nowhere')
  return { gone, done, never }`

const guard = `export const tenancy = guard(() => ({ tenant: 'acme' }))`

const clientFile = `import { createClient } from 'plinth/client'
import type { RoutesOf } from 'plinth'
import type application from './app.ts'

export interface Api extends RoutesOf<typeof application> {}
export const client = createClient<Api>('http://localhost:3000')
`

const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    verbatimModuleSyntax: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    skipLibCheck: true,
    incremental: false,
  },
  include: ['**/*.ts'],
}

function write(folder, files) {
  rmSync(folder, { recursive: true, force: true })
  for (const [name, text] of Object.entries({
    ...files,
    'package.json': '{ "type": "module" }\n',
    'tsconfig.json': JSON.stringify(tsconfig, null, 2),
  })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

const numbers = (count) => Array.from({ length: count }, (_, n) => n)

/** An application of `count` modules of ten routes each, and a client that calls every one. */
export function modules(folder, count) {
  const files = { 'guard.ts': `import { guard } from 'plinth'\n\n${guard}\n`, 'client.ts': clientFile }
  for (const n of numbers(count)) {
    files[`modules/m${n}.ts`] =
      `import { module, t, type Output } from 'plinth'\nimport { tenancy } from '../guard.ts'\n${schemas(n)}\nexport const m${n} = module('m${n}')\n  .guard(tenancy)${routes(n, '')}\n`
    files[`calls/m${n}.ts`] =
      `import { client } from '../client.ts'\n\nexport async function calls${n}() {${calls(n, `/m${n}`, `/m${n}`)}\n}\n`
  }
  files['app.ts'] = `import { app } from 'plinth'\n${numbers(count)
    .map((n) => `import { m${n} } from './modules/m${n}.ts'`)
    .join('\n')}\n\nexport default app()\n${numbers(count)
    .map((n) => `  .use('/m${n}', m${n})`)
    .join('\n')}\n`
  write(folder, files)
}

/** `count` x ten routes in one chain, and a client that calls every one. */
export function chain(folder, count) {
  const files = { 'client.ts': clientFile }
  // Schemas in files of their own: what is measured is the length of the chain.
  for (const n of numbers(count)) {
    files[`schemas/s${n}.ts`] = `import { t, type Output } from 'plinth'\n${schemas(n).replaceAll('\nconst ', '\nexport const ')}`
    files[`calls/c${n}.ts`] =
      `import { client } from '../client.ts'\n\nexport async function calls${n}() {${calls(n, `/c${n}`, `/c${n}/`)}\n}\n`
  }
  const own = (text, n) => text.replaceAll(/\b(Item|Wanted|Line|made)\b/g, `s${n}.$1`)
  files['app.ts'] = `import { app, guard, t } from 'plinth'\n${numbers(count)
    .map((n) => `import * as s${n} from './schemas/s${n}.ts'`)
    .join('\n')}\n\n${guard}\n\nexport default app()\n  .guard(tenancy)${numbers(count)
    .map((n) => own(routes(n, `/c${n}`), n))
    .join('')}\n`
  write(folder, files)
}
