/**
 * The one file that loads TypeBox at run time, so that the build can bundle it: as separate files it is hundreds of
 * modules and most of the time that importing the package takes. The default export stays out of `export *`, and so
 * out of `t`.
 */
import { Compile } from 'typebox/compile'
import { Format } from 'typebox/format'
import { Guard } from 'typebox/guard'

export * from 'typebox'

interface Engine {
  readonly Compile: typeof Compile
  readonly Format: typeof Format
  readonly Guard: typeof Guard
}

const engine: Engine = { Compile, Format, Guard }
export default engine
