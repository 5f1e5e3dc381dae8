import { boolean, integer, pgTable, serial, text } from 'drizzle-orm/pg-core'

export const todos = pgTable('todos', {
  id: serial().primaryKey(),
  title: text().notNull(),
  completed: boolean().notNull().default(false),
  order: integer(),
})
