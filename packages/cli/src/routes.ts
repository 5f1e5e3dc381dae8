import { coloursOf } from './colour.ts'
import { type Args, type Command, entryArgument } from './command.ts'
import { findEntry } from './entry.ts'
import { innerFolders } from './inner-folders.ts'
import type { Io } from './io.ts'
import { type importToRead, readApp } from './read-app.ts'
import { routeRows, type RouteRow } from './route-row.ts'
import { table } from './table.ts'

export const routes: Command = {
  spec: {
    name: 'routes',
    summary: 'List every route with its guards, its module and where it is defined. Services are not made.',
    positional: entryArgument,
    options: { json: { type: 'boolean', about: 'As JSON, for programs' } },
    notes: ["'! none' marks a route without a guard in an application that has guards elsewhere. Write open: true where that is meant."],
    examples: [
      ['plinth routes', 'Routes of app.ts or src/app.ts'],
      ['plinth routes --json', 'The same for programs'],
    ],
  },
  run: (args, io) => listRoutes(args, io),
}

export async function listRoutes(args: Args, io: Io, load?: typeof importToRead): Promise<number> {
  const entry = findEntry(args.positional, io.cwd)
  const rows = routeRows(await readApp(entry, io, load), innerFolders(entry))
  if (args.flag('json')) {
    io.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
    return 0
  }
  if (rows.length === 0) {
    io.stderr.write('The application has no routes.\n')
    return 0
  }
  const { bold, yellow } = coloursOf(io.stdout, io.env)
  const text = table(['METHOD', 'PATH', 'GUARDS', 'MODULE', 'VERSION', 'SUMMARY', 'WHERE'], rows.map(cells), (row, i) =>
    rows[i]?.unguarded ? yellow(row) : row,
  )
  const end = text.indexOf('\n')
  io.stdout.write(`${bold(text.slice(0, end))}${text.slice(end)}`)
  const bare = rows.filter((it) => it.unguarded).length
  if (bare > 0)
    io.stderr.write(`${bare} ${bare === 1 ? 'route has' : 'routes have'} no guard, and others have: add one, or write open: true\n`)
  return 0
}

function cells(it: RouteRow): readonly string[] {
  const guards = [...(it.open ? ['open'] : it.unguarded ? ['! none'] : []), ...it.guards].join(', ')
  return [it.method, it.template, guards, it.modules.join('/'), it.version ?? '', it.summary ?? '', it.at]
}
