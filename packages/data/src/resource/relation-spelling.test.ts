import * as pg from 'drizzle-orm/pg-core'
import { describe, expect, test } from 'vitest'
import { modelFromDrizzle } from '../model/from-drizzle.ts'
import { resolveRelationship } from '../model/resolve-relationship.ts'
import { misleading, spellRelation } from './relation-spelling.ts'

const people = pg.pgTable('people', { id: pg.integer().primaryKey() })
const stories = pg.pgTable('stories', { id: pg.integer().primaryKey() })
const articles = pg.pgTable('articles', { id: pg.integer().primaryKey() })
const notes = pg.pgTable('notes', {
  id: pg.integer().primaryKey(),
  // Called like the resource that it does not lead to.
  storyId: pg.integer().references(() => articles.id),
  by: pg.integer().references(() => people.id),
  // No key, but it looks like one.
  labelsId: pg.integer(),
})
const labels = pg.pgTable('labels', { id: pg.integer().primaryKey(), noteId: pg.integer().references(() => notes.id) })

const model = modelFromDrizzle([people, stories, articles, notes, labels])

function judged(text: string, from = 'notes'): unknown {
  const spelling = spellRelation(text)!
  const way = resolveRelationship(model, model.table('public', from)!, spelling.relation, spelling.hint)
  return misleading(spelling, way, (name) => model.table('public', name) !== undefined)
}

describe('what the types of clients would get wrong about a relation', () => {
  test('a key that nothing in the name tells', () => {
    expect(judged('people')).toEqual({
      message: "which leads along 'by', which nothing in it tells",
      fix: "write 'people!by', so that the types of clients are right",
    })
    expect(judged('people!by')).toBeUndefined()
    expect(judged('by')).toBeUndefined()
    expect(judged('writer:people!by')).toBeUndefined()
  })

  test('a resource whose plural it is, to which it does not lead', () => {
    expect(judged('story')).toEqual({
      message: "which leads to 'articles', though there is a resource 'stories'",
      fix: "write 'story:articles!storyId', so that the types of clients are right",
    })
    expect(judged('story:articles!storyId')).toBeUndefined()
  })

  test('a column that looks like its key and is none', () => {
    expect(judged('labels')).toEqual({
      message: "which leads to several rows, though 'labelsId' looks like its key",
      fix: "write 'labels!noteId', so that the types of clients are right",
    })
    expect(judged('labels!noteId')).toBeUndefined()
    expect(judged('note', 'labels')).toBeUndefined()
  })
})
