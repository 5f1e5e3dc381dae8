// Walks docs/tutorial.md as its reader does: writes the files, runs the commands, compares what they print, checks the types after
// each section. `--keep` leaves the folder.
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Background } from './tutorial/background.mjs'
import { withPostgres } from './tutorial/postgres.mjs'
import { applyDiff, commandsOf, fits, importedBy, installedBy, stepsOf } from './tutorial/steps.mjs'
import { conclude, packages, root, run, tsc } from './workspace.mjs'

const page = 'docs/tutorial.md'
const folder = mkdtempSync(join(tmpdir(), 'plinth-tutorial-'))
const port = await freePort()
const env = { PORT: String(port), NO_COLOR: '1', FORCE_COLOR: '0', CI: '', NODE_ENV: '' }
let background
/** From where on a restart of the background is waited for; nothing where no file that it uses has changed. */
let changedAt
let commands = 0

try {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  const text = readFileSync(join(root, page), 'utf8')
  const steps = stepsOf(text)
  const installed = installedBy(text)
  packed(installed)
  await withPostgres(async (databaseUrl) => {
    for (const [index, step] of steps.entries()) {
      try {
        // The modules of this folder are the workspace's; its reader has those that the page names.
        const missing = step.kind === 'file' ? importedBy(step.text).find((it) => !installed.has(it)) : undefined
        if (missing !== undefined) throw new Error(`imports '${missing}', which nothing on the page installs`)
        await take(step, databaseUrl)
        if (steps[index + 1]?.section !== step.section) await typesHold()
      } catch (error) {
        throw new Error(`${page}:${step.line} ${error.message}`, { cause: error })
      }
    }
  })
  conclude([], `${steps.length} steps of the tutorial walked, ${commands} commands printed what it says`)
} catch (error) {
  conclude([error.message], '')
} finally {
  await background?.stop()
  if (process.argv.includes('--keep')) console.log(folder)
  else rmSync(folder, { recursive: true, force: true })
}

async function take(step, databaseUrl) {
  if (step.marks.includes('postgres') && databaseUrl === undefined) return
  if (step.kind !== 'console') return write(step)
  const here = (text) => ported(text).replace(/postgres:\/\/user:password@\S+/, databaseUrl)
  await restarted()
  if (step.marks.includes('stop')) {
    await background?.stop()
    background = undefined
  }
  if (step.marks.includes('background')) {
    await background?.stop()
    background = new Background(here(commandsOf(step.text)[0].command), { cwd: folder, env: { ...process.env, ...env } })
    return background.says(/ready in|listening|http:\/\//)
  }
  for (const { command, expected } of commandsOf(step.text)) {
    // `plinth dev` watches the folder of migrations.
    if (/^npx plinth db generate\b/.test(command)) changedAt ??= background?.mark
    const { output } = await run('bash', ['-c', here(command)], { cwd: folder, env })
    if (!fits(expected, output.replaceAll(`localhost:${port}`, 'localhost:3000'))) {
      throw new Error(`'${command}' printed\n${output}\nwhere the page has\n${expected.join('\n')}\n\n${background?.output ?? ''}`)
    }
    commands++
    await restarted()
  }
}

/** A restart is waited for where the background uses this file. */
function willRestart(file) {
  if (background !== undefined && usedFiles().has(file)) changedAt ??= background.mark
}

async function restarted() {
  if (changedAt === undefined) return
  await background.says(/changed[^]*ready again(?![^]*changed)/, changedAt)
  changedAt = undefined
}

/** None of ours is on npm, so what a packed package needs of ours has to be packed beside it. */
function packed(names) {
  const ours = packages()
  for (const { name, manifest } of ours.filter((it) => names.has(it.name))) {
    const missing = Object.keys(manifest.dependencies ?? {}).find((it) => ours.some((one) => one.name === it) && !names.has(it))
    if (missing !== undefined) throw new Error(`${page} has its reader pack ${name}, which needs ${missing}, but not that`)
  }
}

function write({ kind, file, text }) {
  const path = join(folder, file)
  willRestart(file)
  writeFileSync(path, kind === 'diff' ? applyDiff(readFileSync(path, 'utf8'), text) : `${ported(text)}\n`)
}

/** Port 3000 of the page may be taken here. */
function ported(text) {
  return text.replaceAll('localhost:3000', `localhost:${port}`)
}

/** What the application is made of so far: these restart it. */
function usedFiles() {
  const used = new Set(['app.ts'])
  for (const name of used) {
    for (const [, imported] of readFileSync(join(folder, name), 'utf8').matchAll(/(?:from|import) '\.\/([\w.-]+)'/g)) used.add(imported)
  }
  return used
}

async function typesHold() {
  if (!existsSync(join(folder, 'app.ts'))) return
  const { code, output } = await tsc(['-p', folder])
  if (code !== 0) throw new Error(`after this step the types do not hold:\n${output}`)
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = server.address()
      server.close(() => resolve(free))
    })
  })
}
