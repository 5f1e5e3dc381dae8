import { desc } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, serial, text, timestamp } from 'drizzle-orm/pg-core'

const moment = () => timestamp({ withTimezone: true }).notNull().defaultNow()
const userId = () =>
  integer()
    .notNull()
    .references(() => users.id, { onDelete: 'cascade' })
const articleId = () =>
  integer()
    .notNull()
    .references(() => articles.id, { onDelete: 'cascade' })

export const users = pgTable('users', {
  id: serial().primaryKey(),
  username: text().notNull().unique(),
  email: text().notNull().unique(),
  passwordHash: text().notNull(),
  bio: text(),
  image: text(),
  createdAt: moment(),
  updatedAt: moment(),
})

export const articles = pgTable(
  'articles',
  {
    id: serial().primaryKey(),
    slug: text().notNull().unique(),
    title: text().notNull(),
    description: text().notNull(),
    body: text().notNull(),
    tags: text().array().notNull().default([]),
    authorId: userId(),
    createdAt: moment(),
    updatedAt: moment(),
  },
  (it) => [
    index('articles_newest').on(desc(it.createdAt), desc(it.id)),
    index('articles_of_author').on(it.authorId, desc(it.createdAt), desc(it.id)),
    index('articles_tags').using('gin', it.tags),
  ],
)

export const comments = pgTable(
  'comments',
  {
    id: serial().primaryKey(),
    body: text().notNull(),
    articleId: articleId(),
    authorId: userId(),
    createdAt: moment(),
    updatedAt: moment(),
  },
  (it) => [index('comments_of_article').on(it.articleId, desc(it.createdAt)), index('comments_of_author').on(it.authorId)],
)

/** Who follows whom. */
export const follows = pgTable('follows', { followerId: userId(), followedId: userId() }, (it) => [
  primaryKey({ columns: [it.followerId, it.followedId] }),
  index('follows_of_followed').on(it.followedId),
])

export const favorites = pgTable('favorites', { userId: userId(), articleId: articleId() }, (it) => [
  primaryKey({ columns: [it.userId, it.articleId] }),
  index('favorites_of_article').on(it.articleId),
])
