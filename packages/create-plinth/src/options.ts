import { packageManagers } from './package-manager.ts'
import { variants } from './variants.ts'

/** An option of the command line, for its help and for reading it. */
export interface OptionSpec {
  /** Whether a value follows. */
  readonly type: 'string' | 'boolean'
  /** Its one letter. */
  readonly short?: string
  /** How help calls the value: `<name>`. */
  readonly value?: string
  /** What it does. */
  readonly about: string
}

/** What stands on the command line, read and checked against `options`. */
export interface Args {
  /** The name of the project. */
  readonly positional: string | undefined
  /** The value of an option. */
  text(name: string): string | undefined
  /** Whether an option without a value was given. */
  flag(name: string): boolean
}

/** The one argument. */
export const nameArgument: { readonly name: string; readonly about: string } = {
  name: 'name',
  about: 'Of the project and its folder: my-app, apps/my-app, @acme/my-app, or . (the folder one is in)',
}

/** What `npm create plinth` and `plinth new` take. */
export const options: { readonly [name: string]: OptionSpec } = {
  variant: {
    type: 'string',
    value: '<name>',
    about: `${variants.map(({ name, need }) => `${name}: ${need}`).join('. ')}. Default: asked for, else ${variants[0].name}`,
  },
  yes: { type: 'boolean', short: 'y', about: 'Ask nothing, take the defaults' },
  'no-install': { type: 'boolean', about: 'Leave the dependencies to be installed by hand' },
  'package-manager': {
    type: 'string',
    value: '<name>',
    about: `${packageManagers.join(' or ')}. Default: the one that runs this, else ${packageManagers[0]}`,
  },
}
