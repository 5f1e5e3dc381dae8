import { boolean, index, integer, pgTable, serial, text, timestamp } from 'drizzle-orm/pg-core'

export const users = pgTable('users', {
  id: serial().primaryKey(),
  name: text().notNull(),
  /** SHA-256 of the token, in hex: who reads the table can't sign in with it. */
  tokenHash: text('token_hash').notNull().unique(),
})

export const notes = pgTable(
  'notes',
  {
    id: serial().primaryKey(),
    title: text().notNull(),
    body: text().notNull().default(''),
    shared: boolean().notNull().default(false),
    ownerId: integer('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [index('notes_owner_id').on(table.ownerId)],
)
