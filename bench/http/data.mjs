// What every contender serves. Values are made by rule, so that any two runs, and any two contenders, answer the same bytes.

/** 30 resources; every route has the same form, so that the first and the last differ in nothing but their place. */
export const resources = [
  'accounts',
  'addresses',
  'albums',
  'articles',
  'authors',
  'baskets',
  'branches',
  'carriers',
  'channels',
  'contacts',
  'coupons',
  'devices',
  'drivers',
  'editions',
  'gateways',
  'invoices',
  'journals',
  'licences',
  'machines',
  'messages',
  'networks',
  'packages',
  'payments',
  'policies',
  'receipts',
  'releases',
  'sections',
  'students',
  'tickets',
  'vouchers',
]

const words = ['amber', 'birch', 'cobalt', 'dune', 'ember', 'fjord', 'grove', 'harbour', 'ivory', 'juniper']

/** 50 products: 10 KB as JSON. */
export const products = Array.from({ length: 50 }, (_, n) => ({
  id: n + 1,
  sku: `SKU-${String(n + 1).padStart(6, '0')}`,
  title: `${words[n % 10]} ${words[(n * 3 + 1) % 10]} chair, model ${n + 1}`,
  description: `A ${words[(n * 7 + 2) % 10]} chair "made to last", in oak, by hand`,
  price: n * 4 + 19.5,
  stock: (n * 13) % 40,
  active: n % 7 !== 0,
  tags: [words[(n + 4) % 10], words[(n + 8) % 10]],
}))

export const emailPattern = '^[^@\\s]+@[^@\\s]+\\.[a-z]+$'
export const skuPattern = '^[A-Z]{3}-[0-9]{6}$'
export const postcodePattern = '^[A-Z0-9 ]{3,10}$'
export const codePattern = '^[A-Z]{2,3}$'
export const methods = ['card', 'invoice', 'transfer']

/** A valid order: 1 KB as JSON, four levels deep. */
export const order = {
  customer: {
    name: 'Ada Lovelace',
    email: 'ada@analytical.example',
    phone: '+44 20 7946 0123',
    address: { street: '12 St James’s Square', city: 'London', postcode: 'SW1Y 4JH', country: 'GB' },
  },
  items: Array.from({ length: 5 }, (_, n) => ({
    sku: `CHR-${String(n * 111 + 1000).padStart(6, '0')}`,
    title: `${words[n]} ${words[n + 3]} chair with arms`,
    quantity: n + 1,
    price: n * 10 + 49.5,
    options: { colour: words[n + 5], size: n % 2 === 0 ? 'large' : 'small' },
  })),
  payment: { method: 'card', currency: 'GBP', reference: 'PO-2024-000417' },
  notes: 'Please leave the parcel with the neighbour at number 14 if nobody answers the door.',
  giftWrap: false,
}

/** What a handler does with an order that passed. */
export function placed(order) {
  let total = 0
  for (const { quantity, price } of order.items) total += quantity * price
  return { id: 1, items: order.items.length, total }
}

export const session = '5f0c1d6a8be74392ad10c3e6f7b294815f0c1d6a8be74392ad10c3e6f7b29481'

/** Where the guard looks a session up: present in memory, so that only the framework's part is measured. */
export const sessions = new Map([[session, { id: 7, email: 'ada@analytical.example', role: 'editor' }]])

/** Path of the nth of many routes. */
export function manyPath(n) {
  return `/v1/${words[n % 10]}-${n}/:id`
}

// ---- the same contracts as JSON Schema, for the contenders that take it ----

const text = (maxLength, pattern) => ({ type: 'string', minLength: 1, maxLength, ...(pattern && { pattern }) })
const object = (properties) => ({ type: 'object', properties, required: Object.keys(properties) })

export const orderSchema = object({
  customer: object({
    name: text(100),
    email: text(200, emailPattern),
    phone: text(30),
    address: object({ street: text(200), city: text(100), postcode: text(10, postcodePattern), country: text(3, codePattern) }),
  }),
  items: {
    type: 'array',
    minItems: 1,
    maxItems: 100,
    items: object({
      sku: text(10, skuPattern),
      title: text(200),
      quantity: { type: 'integer', minimum: 1, maximum: 1000 },
      price: { type: 'number', minimum: 0 },
      options: object({ colour: text(40), size: text(40) }),
    }),
  },
  payment: object({ method: { type: 'string', enum: methods }, currency: text(3, codePattern), reference: text(60) }),
  notes: text(500),
  giftWrap: { type: 'boolean' },
})

export const helloReply = object({ message: { type: 'string' } })
export const itemReply = object({ id: { type: 'string' }, item: { type: 'string' } })
export const placedReply = object({ id: { type: 'integer' }, items: { type: 'integer' }, total: { type: 'number' } })
export const userReply = object({ id: { type: 'integer' }, email: { type: 'string' }, role: { type: 'string' } })
export const productsReply = {
  type: 'array',
  items: object({
    id: { type: 'integer' },
    sku: { type: 'string' },
    title: { type: 'string' },
    description: { type: 'string' },
    price: { type: 'number' },
    stock: { type: 'integer' },
    active: { type: 'boolean' },
    tags: { type: 'array', items: { type: 'string' } },
  }),
}
