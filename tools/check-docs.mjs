// The code in README.md and docs/*.md is code: every ```ts block compiles against the packages, and those that say so run.
//   ```ts                     a module of its own
//   ```ts continued           goes on where the block before it ended
//   ```ts file=users.ts       other blocks of the page import it as './users.ts'
//   ```ts run                 also executed; it must end by itself, with exit code 0
//   ```ts ignore <reason>     neither
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { bin, conclude, files, fromRoot, root, run, scratch, tsc } from './workspace.mjs'

const out = join(scratch, 'docs')
const problems = []
const pages = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'].map((name) => join(root, name)).filter(existsSync)
// The tutorial changes its files from step to step: walk-tutorial.mjs takes them one after the other.
pages.push(...files(join(root, 'docs'), /\.md$/).filter((it) => basename(it) !== 'tutorial.md'), ...readmes())

const modules = pages.flatMap(modulesOf)
rmSync(out, { recursive: true, force: true })
for (const { path, text } of modules) {
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, text)
}
if (modules.length === 0) problems.push('no page has a ```ts block: there is nothing to check')
else {
  problems.push(...(await compileAll()))
  if (problems.length === 0) {
    const running = modules.filter((it) => it.runs)
    if (running.length > 0) prepareRuns()
    problems.push(...(await inPairs(running, execute)))
  }
}
const executed = modules.filter((it) => it.runs).length
conclude(problems, `${modules.length} modules of ${pages.length} page(s) compile, ${executed} of them run`)

function readmes() {
  return ['packages', 'examples'].flatMap((folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder))
          .map((it) => join(root, folder, it, 'README.md'))
          .filter(existsSync)
      : [],
  )
}

/** Each module keeps the lines of its page: what the compiler says of line 40 stands in line 40 of the page. */
function modulesOf(page) {
  const lines = readFileSync(page, 'utf8').split(/\r?\n/)
  const folder = join(out, fromRoot(page).replace(/\W+/g, '-').toLowerCase())
  const found = []
  let block
  for (const [index, line] of lines.entries()) {
    const fence = /^\s*(`{3,})\s*(.*)$/.exec(line)
    if (block === undefined) {
      if (fence === null) continue
      const [language = '', ...marks] = fence[2].trim().split(/\s+/)
      block = { ticks: fence[1], code: /^(ts|typescript|tsx)$/.test(language), marks, first: index + 1, lines: [] }
    } else if (fence !== null && fence[1].length >= block.ticks.length && fence[2] === '') {
      if (block.code) keep(block)
      block = undefined
    } else block.lines.push(line)
  }
  if (block !== undefined) problems.push(`${fromRoot(page)}:${block.first} this block is never closed`)
  return found

  function keep({ marks, first, lines }) {
    const [mark, ...rest] = marks
    const where = `${fromRoot(page)}:${first}`
    if (mark === 'ignore') {
      if (rest.length === 0) problems.push(`${where} say why this block is ignored: \`\`\`ts ignore <reason>`)
      return
    }
    const unknown = marks.filter((it) => !/^(run|continued|file=[\w.-]+\.tsx?)$/.test(it))
    if (unknown.length > 0) problems.push(`${where} unknown mark ${unknown.join(' ')}; there are run, continued, file=name.ts and ignore`)
    const last = found.at(-1)
    if (marks.includes('continued')) {
      if (last === undefined) return problems.push(`${where} continues nothing`)
      last.text += '\n'.repeat(first - last.text.split('\n').length + 1) + lines.join('\n')
      last.runs ||= marks.includes('run')
      return
    }
    const name = marks.find((it) => it.startsWith('file='))?.slice('file='.length) ?? `line-${first}.ts`
    // `export {}` makes a module even of a block that neither imports nor exports.
    found.push({ page, path: join(folder, name), runs: marks.includes('run'), text: `export {}${'\n'.repeat(first)}${lines.join('\n')}` })
  }
}

/** `Register` holds for a whole program, so a page that adds to it is compiled as an application of its own. */
async function compileAll() {
  const registers = new Set(modules.filter(({ text }) => /declare module/.test(text)).map(({ page }) => page))
  const groups = [modules.filter(({ page }) => !registers.has(page))]
  for (const page of registers) groups.push(modules.filter((it) => it.page === page))
  return inPairs(
    groups.filter((group) => group.length > 0),
    compile,
  )
}

/** Two at a time: each waits for a process. What they find is told in the order of the pages. */
async function inPairs(list, work) {
  const found = []
  let next = 0
  const worker = async () => {
    while (next < list.length) {
      const index = next++
      found[index] = await work(list[index], index)
    }
  }
  await Promise.all([worker(), worker()])
  return found.flat()
}

async function compile(group, index) {
  const config = join(out, `tsconfig.${index}.json`)
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../../tsconfig.json',
      // A page shows what users write, who need not annotate what they export.
      compilerOptions: { isolatedDeclarations: false, declaration: false, noUnusedLocals: false },
      files: group.map(({ path }) => path),
      include: [],
    }),
  )
  const { code, output } = await tsc(['-p', config])
  if (code === 0) return []
  const pageOf = new Map(group.map(({ path, page }) => [fromRoot(path), fromRoot(page)]))
  return output
    .trim()
    .split('\n')
    .map((line) => line.replace(/^([^\s(]+)\((\d+),\d+\)/, (whole, file, number) => `${pageOf.get(file) ?? file}:${number}`))
}

function prepareRuns() {
  if (!existsSync(join(out, 'node_modules'))) symlinkSync(join(root, 'node_modules'), join(out, 'node_modules'), 'junction')
  writeFileSync(join(out, 'run.json'), '{}')
}

/** Against the built packages, as a user's script would. */
async function execute({ page, path }) {
  const tsconfig = join(out, 'run.json')
  const { code, signal, output } = await run(process.execPath, [bin('tsx'), '--tsconfig', tsconfig, path], {
    cwd: join(path, '..'),
    // A page may make a database first, while another runs beside it.
    timeout: 120_000,
  })
  if (code === 0) return []
  return [`${fromRoot(page)}: ${basename(path)} ${signal ? 'did not end within 120 s' : `exits with ${code}`}\n${output}`]
}
