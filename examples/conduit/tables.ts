import { everyone, resource } from '@plinth/data'
import { eq, or } from 'drizzle-orm'
import { signedIn } from './accounts.ts'
import { articles, comments, favorites, follows, users } from './schema.ts'

// The same tables under /rest, in PostgREST's grammar. What is not said here is refused: articles and comments are written by the API
// alone, which knows slugs and blank texts.

export const Users = resource(users, {
  access: { read: everyone, update: (row, { user }) => eq(row.id, user.id) },
  columns: {
    email: { read: false },
    passwordHash: { read: false },
    username: { readonly: true },
    createdAt: { readonly: true },
    updatedAt: { readonly: true },
  },
  relations: ['articles:articles!authorId', 'comments'],
})

export const Articles = resource(articles, {
  access: { read: everyone, delete: (row, { user }) => eq(row.authorId, user.id) },
  relations: ['author', 'comments', 'favorites'],
})

export const Comments = resource(comments, {
  access: { read: everyone, delete: (row, { user }) => eq(row.authorId, user.id) },
  relations: ['author', 'article'],
})

export const Favorites = resource(favorites, {
  access: { read: everyone, create: signedIn, delete: (row, { user }) => eq(row.userId, user.id) },
  columns: { userId: { set: ({ user }) => user.id } },
  relations: ['user', 'article'],
})

/** Who follows whom is for these two to know. */
export const Follows = resource(follows, {
  access: {
    read: (row, { user }) => (user ? or(eq(row.followerId, user.id), eq(row.followedId, user.id)) : false),
    create: signedIn,
    delete: (row, { user }) => eq(row.followerId, user.id),
  },
  columns: { followerId: { set: ({ user }) => user.id } },
})
