import { coloursOf } from '../colour.ts'
import { type Args, type Command } from '../command.ts'
import type { Io } from '../io.ts'
import { commonOptions, dbEntry, explaining, findProject, withEngine } from './project.ts'
import { counted, lossText, statementText } from './say.ts'

export const push: Command = {
  spec: {
    name: 'db push',
    summary: 'Make the database what the Drizzle schema says, without a migration: for development. All of it or nothing.',
    positional: dbEntry,
    options: {
      ...commonOptions,
      'dry-run': { type: 'boolean', about: 'Show the statements, run none' },
      'accept-data-loss': { type: 'boolean', about: 'Do what would lose rows or values too, without asking' },
      'no-renames': { type: 'boolean', about: 'Take nothing for renamed: what is gone is dropped, what is new is made' },
    },
    notes: [
      'What would lose something is listed and asked for; where nobody can be asked it is refused.',
      'Tables in schemas of the database that your Drizzle schema does not name are left alone.',
    ],
    examples: [
      ['plinth db push', 'The database of app.ts'],
      ['plinth db push --schema src/schema.ts', 'That of DATABASE_URL, without an application'],
    ],
  },
  run,
}

async function run(args: Args, io: Io): Promise<number> {
  const { bold, green, red } = coloursOf(io.stderr, io.env)
  const say = (text: string): void => void io.stderr.write(text)
  const project = await findProject(args, io, 'schema')
  const { data, definition, from, where } = project
  const { schema = {}, casing } = definition
  const options = { renames: args.flag('no-renames') ? 'never' : 'ask', ...(casing !== undefined && { casing }) } as const
  return explaining('The schema was not pushed', async () => {
    const kit = await data.loadKit(from)
    return withEngine(project, async (engine) => {
      if (args.flag('dry-run')) {
        const { statements, losses } = await data.planPush(engine, kit, schema, options)
        for (const statement of statements) io.stdout.write(`${statement.trim()}\n`)
        if (losses.length > 0) say(`\n${bold('This would lose something')}\n${lossText(losses, io)}`)
        say(
          statements.length === 0
            ? `${where} is what the schema says\n`
            : `${counted(statements.length, 'statement')} for ${where}; none was run\n`,
        )
        return 0
      }
      const { statements, losses, applied } = await data.push(engine, kit, schema, {
        ...options,
        accept: async (found) => {
          if (args.flag('accept-data-loss')) return true
          say(`${bold('This would lose something')}\n${lossText(found, io)}\n`)
          const answer = await io.ask?.('Go on? Type yes: ')
          return answer?.trim().toLowerCase() === 'yes'
        },
        sending: (statement) => say(statementText(statement, io)),
      })
      if (applied) {
        say(
          statements.length === 0
            ? `${green('✓')} ${where} is what the schema says\n`
            : `${green('✓')} ${counted(statements.length, 'change')} in ${where}\n`,
        )
        return 0
      }
      say(
        `${red('✗')} Nothing was changed in ${where}: ${counted(losses.length, 'statement')} would lose something. To go on all the same: --accept-data-loss\n`,
      )
      return 1
    })
  })
}
