import { problems, t } from 'plinth'

/** Who may be asking. */
export interface User {
  readonly name: string
  readonly role: 'customer' | 'staff'
}

/** What may go wrong, once for the whole shop. */
export const catalogue = problems({
  'unknown-book': { status: 404, title: 'We do not have this book', params: t.Object({ id: t.Integer() }) },
  'sold-out': { status: 409, title: 'There are not enough copies', params: t.Object({ left: t.Integer() }) },
})

declare module 'plinth' {
  interface Register {
    user: User
    problems: typeof catalogue
  }
}
