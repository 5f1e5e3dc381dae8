import { Database } from '@plinth/data'
import { hashPassword, type Use } from 'plinth'
import { articles, comments, favorites, follows, users } from './schema.ts'
import { answers, bios, closings, forms, names, openings, subjects } from './words.ts'

/** Every account of the seed has it. */
export const password = 'conduit-demo'

const day = 86_400_000
const begin = Date.UTC(2025, 0, 6, 8)

/** The same numbers in every run: below `limit`, by a linear congruential generator (the constants are Knuth's MMIX). */
function numbers(seed: bigint): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = BigInt.asUintN(64, state * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n)
    return Number((state >> 33n) % BigInt(limit))
  }
}

/** 30 users, 300 articles, 2,000 comments, and who follows and likes what. */
export default async ({ use }: { readonly use: Use }): Promise<void> => {
  const db = use(Database)
  const below = numbers(2025n)
  const one = <T>(list: readonly T[]): T => list[below(list.length)]!
  const some = <T>(list: readonly T[], most: number): readonly T[] => [...new Set(Array.from({ length: below(most + 1) }, () => one(list)))]

  const passwordHash = await hashPassword(password)
  const people = await db
    .insert(users)
    .values(
      names.map((name, at) => ({
        username: name.toLowerCase().replace(' ', '.'),
        email: `${name.toLowerCase().replace(' ', '.')}@conduit.example`,
        passwordHash,
        bio: at % 5 === 4 ? null : bios[at % bios.length]!.replace('NAME', name.split(' ')[0]!),
        createdAt: new Date(begin - (60 - at) * day),
      })),
    )
    .returning({ id: users.id, createdAt: users.createdAt })
  const ids = people.map((it) => it.id)

  // Each subject in each form: 20 × 15 titles, none twice, in an order that mixes them.
  const pairs = subjects.flatMap((subject) => forms.map((form) => ({ subject, form })))
  const mixed = pairs.map((pair) => ({ pair, rank: below(1_000_000) })).sort((a, b) => a.rank - b.rank)
  const written = mixed.map(({ pair: { subject, form } }, at) => {
    const title = form.title.replace('IT', subject.name)
    const createdAt = new Date(begin + at * 1.2 * day + below(day / 2))
    const body = [one(openings), form.text, subject.fact, one(closings)].join('\n\n').replaceAll('IT', subject.name)
    return {
      slug: title
        .toLowerCase()
        .match(/[a-z0-9]+/g)!
        .join('-'),
      title: title[0]!.toUpperCase() + title.slice(1),
      description: form.about.replace('IT', subject.name),
      body,
      tags: [...new Set([...subject.tags, form.tag])],
      authorId: ids[Math.min(below(ids.length), below(ids.length))]!,
      createdAt,
      updatedAt: createdAt,
    }
  })
  const shown = await db.insert(articles).values(written).returning({ id: articles.id, createdAt: articles.createdAt })

  const said = Array.from({ length: 2_000 }, () => {
    const article = one(shown)
    const createdAt = new Date(article.createdAt.getTime() + below(20 * day))
    return { articleId: article.id, authorId: one(ids), body: one(answers), createdAt, updatedAt: createdAt }
  })
  await db.insert(comments).values(said)
  await db.insert(follows).values(
    ids.flatMap((followerId) =>
      some(ids, 8)
        .filter((it) => it !== followerId)
        .map((followedId) => ({ followerId, followedId })),
    ),
  )
  await db.insert(favorites).values(shown.flatMap(({ id }) => some(ids, 12).map((userId) => ({ userId, articleId: id }))))
}
