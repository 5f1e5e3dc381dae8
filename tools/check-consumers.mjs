// The packages as users get them: packed, installed outside the workspace, compiled under several tsconfigs by both compilers, run.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { conclude, published, readJson, root, run, tsc } from './workspace.mjs'

const source = join(root, 'tests/consumers')
const matrix = readJson(join(source, 'matrix.json'))
const problems = []
const folder = mkdtempSync(join(tmpdir(), 'plinth-consumer-'))
let compiled = 0
let ran = 0

try {
  await install()
  if (problems.length === 0) {
    cpSync(join(source, 'apps'), folder, { recursive: true })
    const compilers = [
      { version: '7', compile: (config) => tsc(['-p', config], { cwd: folder }) },
      {
        version: '5.9',
        compile: (config) =>
          run(process.execPath, [join(folder, 'node_modules/typescript/bin/tsc'), '--pretty', 'false', '-p', config], { cwd: folder }),
      },
    ]
    const cases = matrix.flatMap((it, index) => compilers.map((compiler) => ({ ...it, compiler, index })))
    await inPairs(cases, compile)
    if (problems.length === 0) await execute()
  }
} finally {
  if (process.argv.includes('--keep')) console.log(`kept in ${folder}`)
  else rmSync(folder, { recursive: true, force: true })
}
conclude(problems, `${compiled} consumers compile against the packed packages, ${ran} run`)

async function install() {
  const manifest = readJson(join(source, 'package.json'))
  for (const it of published()) {
    const { code, output } = await run('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', folder], {
      cwd: it.folder,
    })
    if (code !== 0) return problems.push(`${it.name} can't be packed\n${output}`)
    manifest.dependencies[it.name] = `file:${output.trim().split('\n').at(-1)}`
  }
  // Packages of ours that need each other get the packed one, not what the registry may have under that name.
  manifest.overrides = Object.fromEntries(published().map((it) => [it.name, `$${it.name}`]))
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  // Nested, so that nothing of ours is found only because npm happened to hoist it.
  const flags = ['--install-strategy=nested', '--prefer-offline', '--no-audit', '--no-fund', '--no-package-lock', '--loglevel=error']
  const { code, output } = await run('npm', ['install', ...flags], { cwd: folder })
  if (code !== 0) problems.push(`the packed packages can't be installed\n${output}`)
}

/**
 * `librariesUnder` lists the compilers that check the declarations too, ours and TypeBox's; not all, since TypeBox's engine costs
 * 2.2 million instantiations, ten seconds under 5.9.
 */
async function compile({ name, files, emits = [], librariesUnder = [], compilerOptions, compiler, index }) {
  const config = join(folder, `tsconfig.${index}.${compiler.version}.json`)
  const target = {
    target: 'es2023',
    strict: true,
    noEmit: true,
    skipLibCheck: !librariesUnder.includes(compiler.version),
    forceConsistentCasingInFileNames: true,
  }
  writeFileSync(config, JSON.stringify({ compilerOptions: { ...target, ...compilerOptions }, files }))
  const { code, output } = await compiler.compile(config)
  compiled++
  const where = `TypeScript ${compiler.version}, ${name}`
  if (code !== 0) problems.push(`${where}\n${output.trim()}`)
  for (const file of emits) {
    const path = join(folder, compilerOptions.outDir ?? '.', file)
    if (!existsSync(path)) problems.push(`${where}: ${file} was not emitted`)
    else if (/\bany\b/.test(readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\//g, ''))) problems.push(`${where}: ${file} has an \`any\``)
  }
}

async function execute() {
  const { code, output } = await run(process.execPath, ['--unhandled-rejections=strict', 'run.js'], { cwd: folder, timeout: 30_000 })
  ran++
  if (code !== 0) problems.push(`run.js exits with ${code}\n${output}`)
}

async function inPairs(list, work) {
  const queue = [...list]
  const worker = async () => {
    for (let it = queue.shift(); it !== undefined; it = queue.shift()) await work(it)
  }
  await Promise.all([worker(), worker()])
}
