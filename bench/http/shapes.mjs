import { manyPath, order, placed, products, resources, session, sessions } from './data.mjs'

/** Only Host, which the load generator adds, and what a request can't do without. */
const minimal = {}

/** What a browser sends with a call from a page: ten headers and Host. */
const browser = {
  Connection: 'keep-alive',
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  Accept: 'application/json, text/plain, */*',
  'Accept-Language': 'en-GB,en;q=0.9,nl;q=0.8',
  'Accept-Encoding': 'gzip, deflate, br, zstd',
  Referer: 'http://127.0.0.1/app/dashboard?tab=overview',
  Cookie: `theme=dark; locale=en-GB; session=${session}; consent=1`,
  'Sec-Fetch-Dest': 'empty',
  'Sec-Fetch-Mode': 'cors',
  'Sec-Fetch-Site': 'same-origin',
}

export const headerSets = { minimal, browser }

const get = (path, expected, headers = {}) => ({ method: 'GET', path, headers, status: 200, expected })
const post = (path, value, status, expected) => ({
  method: 'POST',
  path,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(value),
  status,
  expected,
})
const refused = (request, ...status) => ({ ...request, status, expected: undefined })

const many = (count, step) =>
  Array.from({ length: count / step }, (_, at) => at * step).map((n) => get(manyPath(n).replace(':id', '42'), { route: n, id: '42' }))

const item = (name) => get(`/api/${name}/42/items/7`, { id: '42', item: '7' })

const without = (object, key) => Object.fromEntries(Object.entries(object).filter(([name]) => name !== key))
const signedIn = { Cookie: `session=${session}` }

/**
 * `serve` names what the servers build for the shape. `requests` are sent in turn under load; `checks` are sent once before it,
 * with the requests, and prove that the work is done: a server that skips a check doesn't get a figure. Shapes with the same
 * `together` are compared with each other, so they are measured in the same rounds.
 */
export const shapes = [
  {
    name: 'hello',
    serve: 'hello',
    about: 'GET, a JSON object of one field',
    requests: [get('/hello', { message: 'Hello, World!' })],
    checks: [refused(get('/nowhere'), 404)],
  },
  {
    name: 'params-first',
    serve: 'params',
    together: 'params',
    about: 'the first of 30 routes with two parameters',
    requests: [item(resources[0])],
    checks: [...resources.map(item), refused(get('/api/accounts/42/items'), 404)],
  },
  {
    name: 'params-last',
    serve: 'params',
    together: 'params',
    about: 'the last of 30 routes with two parameters',
    requests: [item(resources.at(-1))],
    checks: [...resources.map(item), refused(get('/api/vouchers/42/items'), 404)],
  },
  {
    name: 'post',
    serve: 'post',
    about: 'POST of 1 KB nested JSON, validated',
    requests: [post('/orders', order, 201, placed(order))],
    checks: [
      refused(post('/orders', { ...order, customer: without(order.customer, 'address') }), 400, 422),
      refused(post('/orders', { ...order, items: order.items.map((one) => ({ ...one, quantity: 0 })) }), 400, 422),
      refused(post('/orders', { ...order, items: order.items.map((one) => ({ ...one, sku: 'chair' })) }), 400, 422),
      refused(post('/orders', { ...order, payment: { ...order.payment, method: 'barter' } }), 400, 422),
      refused({ ...post('/orders', order), body: '{"customer":' }, 400, 422),
    ],
  },
  {
    name: 'list',
    serve: 'list',
    about: 'GET, 50 objects, 10 KB of JSON',
    requests: [get('/products', products)],
    checks: [],
  },
  {
    name: 'guarded',
    serve: 'guarded',
    about: 'GET behind a guard that reads a cookie and looks a session up in memory',
    requests: [get('/me', sessions.get(session), signedIn)],
    checks: [
      { ...refused(get('/me'), 401), bare: true },
      { ...refused(get('/me', undefined, { Cookie: 'session=unknown' }), 401), bare: true },
    ],
  },
  {
    name: 'routes-10',
    serve: 'routes-10',
    together: 'routes',
    about: '10 routes with a parameter, each in turn',
    requests: many(10, 1),
    checks: [refused(get('/v1/amber-10/42'), 404)],
  },
  {
    name: 'routes-10000',
    serve: 'routes-10000',
    together: 'routes',
    about: '10,000 routes with a parameter, every tenth in turn',
    requests: many(10_000, 10),
    checks: [refused(get('/v1/amber-10000/42'), 404)],
  },
]

/** The headers of one request under a header set; a cookie of the set stands in for one of the request. */
export function headersOf(request, set) {
  return request.bare ? request.headers : { ...request.headers, ...headerSets[set] }
}

/** The requests of a shape as a load generator wants them. */
export function sendable(shape, set) {
  return shape.requests.map((request) => ({
    method: request.method,
    path: request.path,
    body: request.body,
    headers: headersOf(request, set),
  }))
}
