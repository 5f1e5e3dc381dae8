import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Built } from 'plinth'
import { type Args, type Command, entryArgument, UsageError } from './command.ts'
import { findEntry, shown } from './entry.ts'
import type { Io } from './io.ts'
import { type importToRead, readApp } from './read-app.ts'
import { telling } from './start.ts'

export const openapi: Command = {
  spec: {
    name: 'openapi',
    summary: 'Write the OpenAPI document, as /openapi.json would send it. Services are not made.',
    positional: entryArgument,
    options: {
      version: { type: 'string', value: '<version>', about: 'The document of one API version. Default: the current one' },
      out: { type: 'string', short: 'o', value: '<file>', about: 'Default: the standard output' },
    },
    examples: [
      ['plinth openapi --out openapi.json', 'For a repository, a linter or a generator'],
      ['plinth openapi --version v1', 'An older version of the API'],
    ],
  },
  run: (args, io) => writeDocument(args, io),
}

/** What the starter `openapi` keeps, with the settings that the application gave it. */
interface Documents {
  readonly versions: readonly string[]
  has(version: string | undefined): boolean
  of(version: string | undefined): Promise<object>
}

export async function writeDocument(args: Args, io: Io, load?: typeof importToRead): Promise<number> {
  const entry = findEntry(args.positional, io.cwd)
  const built = await readApp(entry, io, load)
  const version = args.text('version')
  const documents = await documentsOf(built)
  if (!documents.has(version)) {
    const known = documents.versions.length === 0 ? 'the API has no versions' : `there are ${documents.versions.join(', ')}`
    throw new UsageError(`No route has the version '${version}': ${known}`)
  }
  const text = await telling(entry, io.cwd, async () => `${JSON.stringify(await documents.of(version), null, 2)}\n`)
  const out = args.text('out')
  if (out === undefined) {
    io.stdout.write(text)
    return 0
  }
  const path = resolve(io.cwd, out)
  try {
    writeFileSync(path, text)
  } catch (error) {
    throw new UsageError(`--out: ${shown(path, io.cwd)} can't be written (${(error as { code?: string }).code ?? 'unknown'})`)
  }
  io.stderr.write(`wrote ${shown(path, io.cwd)}\n`)
  return 0
}

async function documentsOf(built: Built): Promise<Documents> {
  for (const { name, service } of built.services) {
    if (name !== 'openapi') continue
    const made = built.use(service) as Partial<Documents> | null
    if (typeof made?.of === 'function') return made as Documents
  }
  // An application without the starter still has a document, without a title of its own.
  const { openapiDocument } = await import('plinth/openapi')
  const versions = [...new Set(built.routes.flatMap((it) => it.version ?? []))]
  return {
    versions,
    has: (version) => version === undefined || versions.includes(version),
    of: async (version) => openapiDocument(built, {}, version),
  }
}
