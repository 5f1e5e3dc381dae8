import { create, nameArgument, options, UsageError as Refusal } from 'create-plinth'
import { type Args, type Command, UsageError } from './command.ts'
import type { Io } from './io.ts'

/** What `npm create plinth` does, for who has the command already. */
export const newProject: Command = {
  spec: {
    name: 'new',
    summary: 'Make a new project: an application, its test, a Dockerfile, settings for editors. It asks what is needed.',
    positional: nameArgument,
    options,
    notes: ['Nothing that is there is overwritten. Where something fails, what was made is removed again.'],
    examples: [
      ['plinth new my-app', 'Ask, write, install'],
      ['plinth new my-app --variant data --yes', 'An API over PostgreSQL, unasked'],
    ],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  try {
    return await create(args, io)
  } catch (error) {
    throw error instanceof Refusal ? new UsageError(error.message) : error
  }
}
