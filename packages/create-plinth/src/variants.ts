/** A kind of project. A new one is a folder of `templates/` and an entry here. */
export interface Variant {
  readonly name: string
  /** The need that it answers, as a choice among others. */
  readonly need: string
  /** Folders of `templates/`, each laid over those before it. */
  readonly layers: readonly string[]
  /** Commands worth knowing first, as scripts of its package.json. */
  readonly first: readonly (readonly [script: string, about: string])[]
}

/** The first is what one gets unasked. */
export const variants: readonly [Variant, ...Variant[]] = [
  {
    name: 'minimal',
    need: 'an HTTP API; what it keeps is kept elsewhere',
    layers: ['base', 'minimal'],
    first: [
      ['dev', 'http://localhost:3000, its documentation at /docs; restarts on every change'],
      ['test', 'run the tests'],
    ],
  },
  {
    name: 'data',
    need: 'a PostgreSQL database too: tables, rules about rows, an API made of both',
    layers: ['base', 'data'],
    first: [
      ['db:seed', 'make two users and some notes'],
      ['dev', 'http://localhost:3000, its documentation at /docs; the database is in .plinth/db'],
      ['test', 'run the tests'],
    ],
  },
]
