import { resource } from '@plinth/data'
import { eq, or } from 'drizzle-orm'
import { notes, users } from './schema.ts'
import { signedIn } from './session.ts'

// Who may do what with which rows. What is not said is refused, and the rules hold wherever the rows are read: in lists, counts,
// embedded in others, and in `use(Notes).for(ctx)`.

export const Users = resource(users, {
  access: { read: signedIn },
  columns: { tokenHash: { read: false } },
})

export const Notes = resource(notes, {
  access: {
    read: (row, { user }) => (user === null ? eq(row.shared, true) : or(eq(row.shared, true), eq(row.ownerId, user.id))),
    create: signedIn,
    update: (row, { user }) => eq(row.ownerId, user.id),
    delete: (row, { user }) => eq(row.ownerId, user.id),
  },
  columns: {
    ownerId: { set: ({ user }) => user.id }, // filled by the server, refused from the client
    createdAt: { readonly: true },
  },
  relations: ['owner'],
})
