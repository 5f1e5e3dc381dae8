// Types alone: the resources of an application as the `Database` that postgrest-js is typed with.

/** A schema as postgrest-js reads it. */
export interface Postgrest {
  Tables: { [name: string]: PostgrestTable }
  Views: {}
  Functions: { [name: string]: PostgrestFunction }
}
interface PostgrestTable {
  Row: Record<string, unknown>
  Insert: Record<string, unknown>
  Update: Record<string, unknown>
  Relationships: Way[]
}
interface PostgrestFunction {
  Args: Record<string, unknown>
  Returns: unknown
  SetofOptions: { from: string; to: string; isOneToOne: boolean; isSetofReturn: boolean; isNotNullable: boolean }
}
interface Way {
  foreignKeyName: string
  columns: string[]
  isOneToOne: false
  referencedRelation: string
  referencedColumns: string[]
}

// ---- what an application says --------------------------------------------------------------------------------------

/** What `resources(…)` leaves in the type of an application: one of these for each path. */
interface Wire {
  readonly Row: unknown
  readonly Insert: unknown
  readonly Update: unknown
  readonly Columns: unknown
  readonly Relations: unknown
}

type Mounts<A> = A extends { readonly '~routes': { readonly '~resources': infer M } }
  ? M
  : A extends { readonly '~resources': infer M }
    ? M
    : {}

type Folder<K> = K extends `${infer H}/${infer T}` ? (T extends `${string}/${string}` ? `${H}/${Folder<T>}` : H) : never

/** The paths under which an application has resources. */
export type PrefixesOf<A> = Folder<keyof Mounts<A> & string>

/** Where `from` looks: `/rest`, or the one place in which all resources are. */
export type MainPrefix<A> = [PrefixesOf<A>] extends [never] ? '/rest' : '/rest' extends PrefixesOf<A> ? '/rest' : PrefixesOf<A>

type Named<M, P extends string> = {
  [K in keyof M as K extends `${P}/${infer N}` ? (N extends `${string}/${string}` ? never : N) : never]: M[K]
}

// ---- relations -----------------------------------------------------------------------------------------------------

/** `alias:name!hint`, taken apart. */
type Spelled<S> = S extends `${infer A}:${infer R}` ? Hinted<R, A> : Hinted<S, S extends `${infer N}!${string}` ? N : S>
type Hinted<S, A> = S extends `${infer N}!${infer H}` ? { alias: A; name: N; hint: H } : { alias: A; name: S; hint: '' }

/** The foreign key's column among those of the table that has the relation: the hint, or the one called after the relation. */
type KeyColumn<C, S> = S extends { alias: infer A extends string; hint: infer H }
  ? H extends keyof C
    ? H
    : H extends ''
      ? Extract<keyof C, A | `${A}Id` | `${A}_id` | `${A}ID`>
      : never
  : never

/** The table that it leads to: the one that is named so, or the one whose plural it is. */
type Target<Ts, S> = S extends { name: infer N extends string }
  ? N extends keyof Ts
    ? N
    : Plural<N> & keyof Ts extends infer P
      ? [P] extends [never]
        ? Unknown
        : P
      : never
  : never
type Plural<N extends string> = `${N}s` | `${N}es` | (N extends `${infer R}y` ? `${R}ies` : never)

/** Where nothing tells where a relation leads; its columns are `unknown`. */
type Unknown = '~unknown'

type IsNullable<C, K> = K extends keyof C ? (null extends C[K] ? true : false) : true

/** A row that a key points at is there, but rules may hide it. */
type IsOpen<Ts, N> = N extends keyof Ts ? (Ts[N] extends { Open: true } ? true : false) : false

type Relation<Ts, F, C, R> =
  Spelled<R> extends infer S
    ? [KeyColumn<C, S>] extends [never]
      ? // Without a column it can only be a resource, and maybe none of this prefix is called so.
        Target<Ts, S> extends Unknown
        ? NoRelation<F>
        : { from: F; to: Target<Ts, S>; isOneToOne: false; isSetofReturn: true; isNotNullable: false }
      : {
          from: F
          to: Target<Ts, S>
          isOneToOne: true
          isSetofReturn: true
          isNotNullable: IsNullable<C, KeyColumn<C, S>> extends true ? false : IsOpen<Ts, Target<Ts, S>>
        }
    : never

/** Where a table has no relation that others have, postgrest-js would give no error but `never`. */
type Missing = 'no such relation'
interface NoRelation<F> {
  from: F
  to: Missing
  isOneToOne: true
  isSetofReturn: true
  isNotNullable: true
}

/** Ways along foreign keys of the table itself, for hints: `users!authorId`. */
type Ways<Ts, W> = W extends { Columns: infer C; Relations: infer R } ? ToArray<R extends unknown ? Way_<Ts, C, Spelled<R>> : never> : []
type Way_<Ts, C, S> = [KeyColumn<C, S>] extends [never]
  ? never
  : {
      foreignKeyName: `~${KeyColumn<C, S> & string}`
      columns: [KeyColumn<C, S>]
      isOneToOne: false
      referencedRelation: Target<Ts, S>
      referencedColumns: ['id']
    }

type ToArray<U, L extends unknown[] = []> =
  LastOf<U> extends infer X ? ([X] extends [never] ? L : ToArray<Exclude<U, X>, [X, ...L]>) : never
type LastOf<U> = (U extends unknown ? (it: () => U) => void : never) extends (it: infer I) => void
  ? I extends () => infer X
    ? X
    : never
  : never

type AliasOf<R> = R extends unknown ? (Spelled<R> extends { alias: infer A } ? A : never) : never
type Aliases<Ts> = { [F in keyof Ts]: Ts[F] extends { Relations: infer R } ? AliasOf<R> : never }[keyof Ts]

type RelationsCalled<Ts, A> = {
  [F in keyof Ts]: {
    Args: { '~': F }
    Returns: unknown
    SetofOptions: Ts[F] extends { Columns: infer C; Relations: infer R }
      ? [Extract<AliasOf<R>, A>] extends [never]
        ? NoRelation<F>
        : R extends unknown
          ? AliasOf<R> extends A
            ? Relation<Ts, F, C, R>
            : never
          : never
      : never
  }
}[keyof Ts]

// ---- all together --------------------------------------------------------------------------------------------------

type SchemaOfTables<Ts> = {
  Tables: {
    [N in keyof Ts]: Ts[N] extends Wire
      ? { Row: Ts[N]['Row']; Insert: Ts[N]['Insert']; Update: Ts[N]['Update']; Relationships: Ways<Ts, Ts[N]> }
      : { Row: Record<string, unknown>; Insert: Record<string, unknown>; Update: Record<string, unknown>; Relationships: [] }
  }
  Views: { [_ in Unknown]: { Row: Record<string, unknown>; Relationships: [] } } & { [_ in Missing]: { Row: {}; Relationships: [] } }
  Functions: { [A in Aliases<Ts> & string]: RelationsCalled<Ts, A> }
}

/** The resources under one prefix as postgrest-js's schema, in the forms that JSON has. */
export type SchemaOf<A, P extends string = MainPrefix<A>> =
  SchemaOfTables<Named<Mounts<A>, P>> extends infer S extends Postgrest ? S : never

/** The same as a `Database`, for `PostgrestClient<DatabaseOf<typeof application>>` and what else takes one. */
export interface DatabaseOf<A, P extends string = MainPrefix<A>> {
  readonly public: SchemaOf<A, P>
}
