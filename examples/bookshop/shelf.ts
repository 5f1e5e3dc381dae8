import { service, t } from 'plinth'

export const NewBook = t.Object({
  title: t.String({ minLength: 1, maxLength: 200 }),
  price: t.Decimal(),
  copies: t.Integer({ minimum: 0 }),
})
/** What everybody sees of a book: how many copies there are stays ours. */
export const Book = t.Object({ id: t.Integer(), title: t.String(), price: t.Decimal(), addedAt: t.Date() })

interface Row {
  readonly id: number
  readonly title: string
  readonly price: string
  readonly addedAt: Date
  copies: number
}

/** A failure of the shop's own, which knows nothing of HTTP: the application says what answer it becomes. */
export class SoldOut extends Error {
  readonly left: number
  constructor(left: number) {
    super(`${left} copies left`)
    this.left = left
  }
}

/** The books, in memory. */
export const Shelf = service('shelf', () => {
  const rows = new Map<number, Row>()
  return {
    add(book: { title: string; price: string; copies: number }): Row {
      const row = { ...book, id: rows.size + 1, addedAt: new Date() }
      rows.set(row.id, row)
      return row
    },
    find: (id: number): Row | undefined => rows.get(id),
    search: (text = '', limit = 20): Row[] =>
      [...rows.values()].filter((it) => it.title.toLowerCase().includes(text.toLowerCase())).slice(0, limit),
    take(id: number, copies: number): void {
      const row = rows.get(id)
      if (!row || row.copies < copies) throw new SoldOut(row?.copies ?? 0)
      row.copies -= copies
    },
  }
})
