import type { Schema } from '../schema/types.ts'
import type { AnyContract } from './types.ts'
import type { GuardDefinition } from './guard.ts'
import type { Site } from './site.ts'

/** One route as documentation, the command line and other starters read it. */
export interface RouteInfo {
  /** `*` for a mount: every method. */
  readonly method: string
  /** With every prefix: `/orgs/:org/teams/:id`. */
  readonly template: string
  readonly contract: Omit<AnyContract, 'guards'>
  /** In the order in which they run. */
  readonly guards: readonly GuardDefinition[]
  readonly identified: boolean
  readonly open: boolean
  /** The modules it lies in, outermost first. */
  readonly modules: readonly string[]
  readonly tags: readonly string[]
  readonly version: string | undefined
  readonly deprecated: boolean | string | undefined
  readonly sunset: string | undefined
  readonly bodyLimit: number
  /** `other` where the module has its problems in a shape of its own. */
  readonly errors: 'problem' | 'other'
  /** What that other shape is, where it says so: `errorRenderer`. */
  readonly errorSchema: Schema | undefined
  readonly site: Site
}
