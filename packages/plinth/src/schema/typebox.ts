/**
 * The one file that loads TypeBox at run time, so that the build can bundle it: as separate files it is hundreds of
 * modules and most of the time that importing the package takes. The default export stays out of `export *`, and so
 * out of `t`.
 */
import { Format } from 'typebox/format'
import { Guard } from 'typebox/guard'
// Not that of `typebox/compile`: its checks are these, and it brings all that converts and decodes values, which is done elsewhere.
import { Compile } from 'typebox/schema'

export * from 'typebox'

interface Engine {
  readonly Compile: typeof Compile
  readonly Format: typeof Format
  readonly isMultipleOf: typeof Guard.IsMultipleOf
}

// One of its functions and not all of `Guard`: the build leaves out what nobody names.
const engine: Engine = { Compile, Format, isMultipleOf: Guard.IsMultipleOf }
export default engine
