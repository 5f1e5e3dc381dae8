// Every kind of project that `npm create plinth` makes, as a newcomer gets it: made by the packed command, installed from packed
// packages, tested, its types checked, served while one writes, and served in production without development dependencies.
// `--keep` leaves the folder, a variant's name takes it alone.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Background } from './tutorial/background.mjs'
import { withPostgres } from './tutorial/postgres.mjs'
import { conclude, packages, readJson, root, run } from './workspace.mjs'

/** What a variant answers once it serves, and what else it has; every other one is only asked what all are asked. */
const expectations = {
  minimal: { answers: [['/hello/Ada', 200, /"message":"Hello Ada"/]] },
  data: {
    database: true,
    answers: [
      ['/rest/notes', 200, /^\[\]$/],
      ['/me', 401, /not-signed-in/],
    ],
    // Its migrations lead to its schema.
    also: [['db:generate', /Nothing has changed since the last migration/]],
  },
}
const everywhere = [
  ['/', 200, /It works/],
  ['/livez', 200, /./],
  ['/readyz', 200, /./],
]

// Whoever runs the checks by npm has told npm where: the projects are elsewhere.
const outside = Object.fromEntries(Object.keys(process.env).flatMap((name) => (/^npm_/i.test(name) ? [[name, undefined]] : [])))
const env = { ...outside, NO_COLOR: '1', FORCE_COLOR: '0', CI: '', NODE_ENV: undefined, PORT: '0', npm_config_prefer_offline: 'true' }
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'plinth-templates-')))
const asked = process.argv.slice(2).filter((it) => !it.startsWith('--'))
const problems = []
let requests = 0
let names = []

try {
  const tarballs = await pack()
  const command = await unpack(tarballs['create-plinth'])
  const { variants } = await import(pathToFileURL(join(command, 'dist/variants.js')).href)
  names = variants.map((it) => it.name).filter((name) => asked.length === 0 || asked.includes(name))
  const results = await Promise.allSettled(names.map((name) => check(name, command, tarballs)))
  for (const [index, { reason }] of results.entries()) if (reason !== undefined) problems.push(`${names[index]}: ${reason.message}`)
} catch (error) {
  problems.push(error.message)
} finally {
  if (process.argv.includes('--keep')) console.log(`kept in ${folder}`)
  else rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
}
conclude(problems, `${names.join(' and ')}: made, installed, tested, and served ${requests} answers`)

async function pack() {
  const tarballs = {}
  for (const it of packages()) {
    const output = await npm(it.folder, 'pack', '--ignore-scripts', '--pack-destination', folder)
    tarballs[it.name] = join(folder, output.trim().split('\n').at(-1))
  }
  return tarballs
}

/** It has no dependencies, so what is in the tarball is all that it needs. */
async function unpack(tarball) {
  const into = join(folder, 'command')
  mkdirSync(into)
  await must('tar', ['-xzf', tarball, '-C', into], folder)
  return join(into, 'package')
}

async function check(name, command, tarballs) {
  const project = join(folder, name)
  await must(process.execPath, [join(command, 'dist/bin.js'), name, '--variant', name, '--yes', '--no-install'], folder)
  holdsNoPlaceholder(project)
  await install(project, tarballs)
  await must(process.execPath, [join(project, 'node_modules/typescript/bin/tsc'), '--pretty', 'false'], project)
  await npm(project, 'test')
  const { answers = [], also = [], database = false } = expectations[name] ?? {}
  for (const [script, expected] of also) {
    const output = await npm(project, 'run', script)
    if (!expected.test(output)) throw new Error(`npm run ${script} never said ${expected}\n${output}`)
  }
  await serve(project, 'npm run dev', {}, /(http:\/\/[\w.:]+)/, [...everywhere, ...answers, ['/docs', 200, /./]])
  if (!database) return contain(project, answers, {})
  return withPostgres((url) => (url === undefined ? undefined : contain(project, answers, { DATABASE_URL: url })))
}

/** Does what its Dockerfile says, as far as that goes without an image: installs, leaves behind what is ignored, starts, asks for health. */
async function contain(project, answers, more) {
  const text = readFileSync(join(project, 'Dockerfile'), 'utf8').replaceAll('\\\n', ' ')
  const line = (pattern) => {
    const found = pattern.exec(text)
    if (found === null) throw new Error(`its Dockerfile has no line ${pattern}`)
    return found[1]
  }
  const image = `${project}-image`
  mkdirSync(image)
  for (const file of line(/^COPY (package\.json .+) \.\/$/m).split(' ')) cpSync(join(project, file), join(image, file))
  await must('bash', ['-c', line(/^RUN (.+)$/m)], image)
  for (const it of ['vitest', 'typescript', '@electric-sql/pglite', 'drizzle-kit']) {
    if (existsSync(join(image, 'node_modules', it))) throw new Error(`its image would have ${it}`)
  }
  const ignored = readFileSync(join(project, '.dockerignore'), 'utf8')
    .split('\n')
    .filter((it) => it !== '' && !it.startsWith('#'))
    .map(pattern)
  for (const name of readdirSync(project))
    if (!ignored.some((it) => it.test(name))) cpSync(join(project, name), join(image, name), { recursive: true })

  const variables = Object.fromEntries(
    line(/^ENV (.+)$/m)
      .split(' ')
      .map((it) => it.split('=')),
  )
  const settings = { ...variables, PORT: String(await freePort()), ...more }
  const healthy = async (url) => {
    const [command, ...args] = JSON.parse(line(/^HEALTHCHECK .*CMD (\[.+\])$/m))
    await must(command, args, image, { ...settings, PORT: new URL(url).port })
  }
  const command = JSON.parse(line(/^CMD (\[.+\])$/m)).join(' ')
  await serve(image, command, settings, /"url":"(http:[^"]+)"/, [...everywhere, ...answers, ['/docs', 404, /./]], healthy)
}

/** Of what lies at the top of the project. */
function pattern(line) {
  const escaped = line.replace(/^\*\*\//, '').replace(/[.+?^${}()|[\]\\]/g, String.raw`\$&`)
  return new RegExp(`^${escaped.replaceAll('*', '.*')}$`)
}

function holdsNoPlaceholder(project) {
  for (const file of ['package.json', 'app.ts', 'README.md', 'AGENTS.md']) {
    if (readFileSync(join(project, file), 'utf8').includes('{{')) throw new Error(`${file} still has a placeholder`)
  }
}

/** With the packed packages in the place of those that the registry may have under their names. */
async function install(project, tarballs) {
  const path = join(project, 'package.json')
  const manifest = readJson(path)
  const version = `^${packages()[0].manifest.version}`
  for (const [dependency, range] of Object.entries(manifest.dependencies)) {
    if (tarballs[dependency] === undefined) continue
    if (range !== version) throw new Error(`its package.json wants ${dependency} ${range}, which must be ${version}`)
    manifest.dependencies[dependency] = `file:${tarballs[dependency]}`
  }
  const { vite } = readJson(join(root, 'package.json')).devDependencies
  manifest.overrides = {
    ...Object.fromEntries(Object.entries(tarballs).map(([dependency, file]) => [dependency, `file:${file}`])),
    // Vitest takes the newest that there is; this one is in npm's cache since the workspace has it.
    vite,
  }
  writeFileSync(path, JSON.stringify(manifest, null, 2))
  await npm(project, 'install', '--prefer-offline', '--no-audit', '--no-fund')
}

async function serve(project, command, more, ready, requestsToMake, also = () => {}) {
  const server = new Background(command, { cwd: project, env: { ...process.env, ...env, ...more } })
  try {
    await server.says(ready)
    const [, url] = ready.exec(server.output)
    for (const [path, status, body] of requestsToMake) {
      const answer = await fetch(url + path)
      const text = await answer.text()
      if (answer.status !== status || !body.test(text)) {
        throw new Error(`${command}: GET ${path} is ${answer.status} ${text.slice(0, 500)}, not ${status} ${body}\n${server.output}`)
      }
      requests++
    }
    await also(url)
  } finally {
    await server.stop()
  }
}

function npm(cwd, ...args) {
  return must('npm', [...args, '--loglevel=error'], cwd)
}

async function must(command, args, cwd, more = {}) {
  const { code, output } = await run(command, args, { cwd, env: { ...env, ...more }, timeout: 120_000 })
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}\n${output}`)
  return output
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address()
      server.close(() => resolve(port))
    })
  })
}
