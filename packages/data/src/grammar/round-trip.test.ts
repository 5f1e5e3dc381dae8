import { expect, test } from 'vitest'
import { Printer } from './fixtures/print.ts'
import { newSeed, Random } from './fixtures/random.ts'
import { bare } from './fixtures/reading.ts'
import { type Tree, Trees } from './fixtures/trees.ts'
import { parseRequest } from './parse-request.ts'

/** Keys are the printer's choice. */
const essence = ({ select, where, order, pages, page, columns, onConflict }: Tree): unknown => {
  const unkeyed = (it: { path: readonly string[]; value: unknown }): unknown => ({ path: it.path, value: it.value })
  return bare({ select, where: where.map(unkeyed), order: order.map(unkeyed), pages: pages.map(unkeyed), page, columns, onConflict })
}

test('every tree that can be written is read as what it was', { timeout: 30_000 }, () => {
  const seed = newSeed()
  const random = new Random(seed)
  for (let round = 0; round < 1_000; round++) {
    const tree = new Trees(random).request()
    const query = new Printer(random).query(tree)
    const read = parseRequest({ method: 'GET', relation: 'items', query, headers: new Headers() }, { filters: 1_000 })
    expect(essence(read), `SEED=${seed} round ${round}: ${decodeURIComponent(query)}`).toEqual(essence(tree))
  }
})
