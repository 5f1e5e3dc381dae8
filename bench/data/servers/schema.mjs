import { relations } from 'drizzle-orm'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow()
const author = () =>
  integer('author_id')
    .notNull()
    .references(() => users.id)

export const users = pgTable('users', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  name: text().notNull(),
  email: text().notNull().unique(),
  bio: text().notNull(),
  createdAt: createdAt(),
})

export const posts = pgTable('posts', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  title: text().notNull(),
  body: text().notNull(),
  authorId: author(),
  createdAt: createdAt(),
})

export const notes = pgTable('notes', {
  id: integer().primaryKey().generatedByDefaultAsIdentity(),
  title: text().notNull(),
  body: text().notNull(),
  authorId: author(),
  createdAt: createdAt(),
})

export const world = pgTable('world', { id: integer().primaryKey(), randomNumber: integer('random_number').notNull() })

export const fortune = pgTable('fortune', { id: integer().primaryKey(), message: text().notNull() })

export const postsRelations = relations(posts, ({ one }) => ({ author: one(users, { fields: [posts.authorId], references: [users.id] }) }))
