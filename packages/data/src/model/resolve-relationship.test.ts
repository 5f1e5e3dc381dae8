import { describe, expect, test } from 'vitest'
import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { Column, ForeignKey, Model, Relationship, Table } from './contract.ts'
import { createModel } from './create-model.ts'
import { resolveRelationship, resolveTable } from './resolve-relationship.ts'

function table(
  name: string,
  primaryKey: string[],
  foreignKeys: [name: string, columns: string, table: string, references?: string][],
  uniques: string[][] = [],
): Table {
  return {
    schema: 's',
    name,
    sqlSchema: 's',
    sqlName: name,
    kind: 'table',
    partitioned: false,
    columns: new Map<string, Column>(),
    primaryKey,
    uniques: [primaryKey, ...uniques],
    foreignKeys: foreignKeys.map(([key, columns, to, references = 'id']): ForeignKey => ({
      name: key,
      columns: columns.split(','),
      schema: 's',
      table: to,
      references: references.split(','),
    })),
    insertable: true,
    updatable: true,
    deletable: true,
    comment: undefined,
  }
}

const model: Model = createModel(
  ['s'],
  [
    table('users', ['id'], [['users_boss', 'boss', 'users']]),
    table(
      'orders',
      ['id'],
      [
        ['billing', 'billing_id', 'addresses'],
        ['shipping', 'shipping_id', 'addresses'],
        ['by', 'user_id', 'users'],
      ],
    ),
    table('addresses', ['id'], []),
    table('profiles', ['id'], [['profile_of', 'user_id', 'users']], [['user_id']]),
    table(
      'likes',
      ['user_id', 'order_id'],
      [
        ['l_user', 'user_id', 'users'],
        ['l_order', 'order_id', 'orders'],
      ],
    ),
    table(
      'views',
      ['user_id', 'order_id'],
      [
        ['v_user', 'user_id', 'users'],
        ['v_order', 'order_id', 'orders'],
      ],
    ),
    table('lonely', ['id'], [['nowhere', 'x', 'missing']]),
  ],
)

const resolve = (source: string, name: string, hint?: string): string => {
  const it = resolveRelationship(model, model.table('s', source)!, name, hint)
  const through = it.junction === undefined ? '' : ` through ${it.junction.table.name}`
  return `${it.cardinality} ${it.target.name} ${it.on.map((pair) => pair.join('=')).join()}${through}`
}
const refusal = (run: () => unknown): PostgrestError => {
  try {
    run()
  } catch (error) {
    if (error instanceof PostgrestError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('a relationship', () => {
  test.each([
    ['orders', 'users', 'by', 'many-to-one users user_id=id'],
    ['orders', 'user_id', undefined, 'many-to-one users user_id=id'],
    ['orders', 'billing', undefined, 'many-to-one addresses billing_id=id'],
    ['orders', 'addresses', 'shipping_id', 'many-to-one addresses shipping_id=id'],
    ['addresses', 'orders', 'shipping', 'one-to-many orders id=shipping_id'],
    ['addresses', 'orders', 'billing_id', 'one-to-many orders id=billing_id'],
    ['users', 'profiles', undefined, 'one-to-one profiles id=user_id'],
    ['profiles', 'users', undefined, 'one-to-one users user_id=id'],
    ['users', 'orders', 'likes', 'many-to-many orders id=user_id through likes'],
    ['users', 'users', undefined, 'one-to-many users id=boss'],
    ['users', 'users', 'boss', 'one-to-many users id=boss'],
    ['users', 'boss', undefined, 'many-to-one users boss=id'],
  ])('from %s to %s!%s is %s', (source, name, hint, expected) => {
    expect(resolve(source, name, hint)).toBe(expected)
  })

  test('that is not there is PGRST200, with what may have been meant', () => {
    expect(refusal(() => resolve('orders', 'addreses')).toJSON()).toEqual({
      code: 'PGRST200',
      message: `Could not find a relationship between 'orders' and 'addreses' in the schema cache`,
      details: `Searched for a foreign key relationship between 'orders' and 'addreses' in the schema 's', but no matches were found.`,
      hint: `Perhaps you meant 'addresses' instead of 'addreses'.`,
    })
    expect(refusal(() => resolve('orders', 'addresses', 'shippin')).hint).toBeNull()
    expect(refusal(() => resolve('orders', 'zzz')).hint).toBeNull()
    expect(refusal(() => resolve('lonely', 'missing')).code).toBe('PGRST200')
  })

  test('of several is PGRST201, which lists them', () => {
    const error = refusal(() => resolve('orders', 'users'))
    expect(error.status).toBe(300)
    expect(error.hint).toBe(
      `Try changing 'users' to one of the following: 'users!by', 'users!likes', 'users!views'. Find the desired relationship in the 'details' key.`,
    )
    expect(error.details).toEqual([
      { cardinality: 'many-to-one', embedding: 'orders with users', relationship: 'by using orders(user_id) and users(id)' },
      { cardinality: 'many-to-many', embedding: 'orders with users', relationship: 'likes using l_order(order_id) and l_user(user_id)' },
      { cardinality: 'many-to-many', embedding: 'orders with users', relationship: 'views using v_order(order_id) and v_user(user_id)' },
    ])
  })

  test('that is not usable is not there', () => {
    const orders = model.table('s', 'orders')!
    const direct = (it: Relationship): boolean => it.junction === undefined
    expect(resolveRelationship(model, orders, 'users', undefined, direct).constraint).toBe('by')
  })
})

test('a table that is not there is PGRST205, which proposes only what is visible', () => {
  expect(resolveTable(model, 's', 'users').name).toBe('users')
  expect(refusal(() => resolveTable(model, 's', 'userz')).hint).toBe(`Perhaps you meant the table 's.users'`)
  expect(refusal(() => resolveTable(model, 's', 'userz', (it) => it.name !== 'users')).hint).toBeNull()
  expect(refusal(() => resolveTable(model, 's', 'users', () => false)).toJSON()).toMatchObject({ code: 'PGRST205', details: null })
  expect(refusal(() => resolveTable(model, 's', '')).hint).toBeNull()
})
