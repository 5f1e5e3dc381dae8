import { fileURLToPath } from 'node:url'
import { install } from '../tools/install.mjs'
import { UsageError } from './lib/options.mjs'

const groups = {
  http: { about: 'CPU time of one request, by shape, beside the peers', load: () => import('./http/index.mjs') },
  data: {
    about: 'CPU time of one request on PostgreSQL, application and backends, beside the peers',
    load: () => import('./data/index.mjs'),
  },
  conduit: {
    about: 'the same of examples/conduit: a list of 20 articles, the feed, one article; statements of each',
    load: () => import('./conduit/index.mjs'),
  },
  latency: { about: 'p50 to p99.9 at half of saturation, and at the same rate for all', load: () => import('./latency/index.mjs') },
  start: { about: 'from `node app.js` to the first answer', load: () => import('./start/index.mjs') },
  memory: { about: 'resident memory of an idle hello app', load: () => import('./memory/index.mjs') },
  types: { about: 'type check of 500 routes with a client, TypeScript 7 and 5.9', load: () => import('./types/index.mjs') },
}

const [name, ...rest] = process.argv.slice(2)
const group = Object.hasOwn(groups, name ?? '') ? groups[name] : undefined
if (group === undefined) {
  if (name !== undefined) console.error(`no group called ${name}\n`)
  console.error('npm run bench -- <group> [options]\n')
  for (const [known, { about }] of Object.entries(groups)) console.error(`  ${known.padEnd(8)}${about}`)
  process.exit(name === undefined ? 0 : 2)
}

try {
  // The peers.
  install(fileURLToPath(new URL('.', import.meta.url)))
  const { run } = await group.load()
  await run(rest)
} catch (error) {
  console.error(error instanceof UsageError ? error.message : error)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
