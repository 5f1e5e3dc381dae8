// `npm start` is what a newcomer runs first: it is started on a database of its own and asked over HTTP, by curl's way and by the
// example's client.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bin, root, run } from './workspace.mjs'

const PATIENCE_MS = 120_000

/** What is wrong with it; nothing where all is well. */
export async function askConduit() {
  const folder = mkdtempSync(join(tmpdir(), 'plinth-conduit-'))
  const env = { ...process.env, PORT: '0', DATABASE_DIRECTORY: join(folder, 'db'), DATABASE_URL: '', NODE_ENV: '' }
  const server = spawn(process.execPath, [join(root, 'tools/start.mjs')], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const ended = once(server, 'exit')
  try {
    const { url, output } = await served(server)
    if (url === undefined) return [`npm start does not serve:\n${output.trim()}`]
    return [...(await asked(url)), ...(await clientRuns(url))]
  } finally {
    server.kill()
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The address that it prints once it answers, or what it said instead. */
function served(server) {
  return new Promise((resolve) => {
    let output = ''
    const tell = () => resolve({ url: /served at (\S+)/.exec(output)?.[1], output })
    const late = setTimeout(tell, PATIENCE_MS)
    const hear = (text) => {
      output += text
      if (output.includes('Ctrl+C ends it')) tell()
    }
    for (const stream of [server.stdout, server.stderr]) stream.setEncoding('utf8').on('data', hear)
    server.on('exit', tell).on('error', (error) => resolve({ url: undefined, output: error.message }))
    server.on('exit', () => clearTimeout(late))
  })
}

async function asked(url) {
  const problems = []
  const expected = [
    ['/api/articles?limit=5', 200, ({ articles, articlesCount }) => articles.length === 5 && articlesCount === 300],
    ['/api/tags', 200, ({ tags }) => tags.length > 0],
    ['/api/user', 401, ({ errors }) => errors.token[0] === 'is missing'],
    ['/rest/users?select=username&limit=2', 200, (rows) => rows.length === 2],
    ['/openapi.json', 200, ({ paths }) => '/api/articles/{slug}' in paths],
    ['/docs', 200, undefined],
  ]
  for (const [path, status, fits] of expected) {
    const answer = await fetch(url + path)
    const text = await answer.text()
    if (answer.status !== status || (fits !== undefined && !fits(JSON.parse(text)))) {
      problems.push(`npm start: ${path} answers ${answer.status} ${text.slice(0, 500)}`)
    }
  }
  return problems
}

async function clientRuns(url) {
  const { code, output } = await run(process.execPath, [bin('tsx'), 'client.ts', url], { cwd: join(root, 'examples/conduit') })
  const fits = code === 0 && output.includes('signed in as amara.osei') && output.includes("deleted it again: { article: [ 'not found' ] }")
  return fits ? [] : [`examples/conduit/client.ts fails\n${output.trim()}`]
}
