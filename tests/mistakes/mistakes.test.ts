import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { describe, expect, test } from 'vitest'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')
const marker = '// <- here'

interface Mistake {
  readonly file: string
  readonly title: string
  readonly line: number
}

function mistakesIn(folder: string): readonly Mistake[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'register.ts')
    .sort()
    .map((name) => {
      const file = join(folder, name)
      const lines = readFileSync(file, 'utf8').split('\n')
      const title = /^\/\/ Mistake: (.+)\.$/.exec(lines[0] ?? '')?.[1]
      const marked = lines.flatMap((line, index) => (line.includes(marker) ? [index + 1] : []))
      if (title === undefined) throw new Error(`${name} must start with "// Mistake: <what is wrong>."`)
      if (marked.length !== 1) throw new Error(`${name} must mark one line with "${marker}"; it marks ${marked.length}`)
      return { file: relative(root, file).replaceAll('\\', '/'), title, line: marked[0] as number }
    })
}

interface Diagnostic {
  readonly file: string
  readonly line: number
  /** The code and the message with what the compiler adds in further lines. */
  readonly text: string
}

/** One run of the compiler over all of them: they are modules that know nothing of each other. */
function diagnose(): readonly Diagnostic[] {
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const { stdout, stderr } = spawnSync(process.execPath, [compiler, '--pretty', 'false', '--noEmit', '-p', join(here, 'tsconfig.json')], {
    cwd: root,
    encoding: 'utf8',
  })
  const found: { file: string; line: number; text: string }[] = []
  for (const line of `${stdout}${stderr}`.split('\n')) {
    const head = /^([^\s(]+)\((\d+),\d+\): error (.*)$/.exec(line)
    const last = found.at(-1)
    if (head !== null) found.push({ file: head[1] as string, line: Number(head[2]), text: head[3] as string })
    else if (last !== undefined && line.startsWith(' ')) last.text += `\n${line}`
    else if (line.trim() !== '') throw new Error(`the compiler says: ${line}`)
  }
  return found
}

describe('a mistake that the compiler sees has one diagnostic, at its own line', () => {
  const mistakes = mistakesIn(here)
  const diagnostics = diagnose()

  test('nothing but the mistakes is wrong', () => {
    const files = new Set(mistakes.map((it) => it.file))
    expect(diagnostics.filter((it) => !files.has(it.file))).toEqual([])
  })

  test.each(mistakes.map((it) => [it.title, it] as const))('%s', (_, { file, line }) => {
    const own = diagnostics.filter((it) => it.file === file)
    expect(
      own.map((it) => `${it.file}:${it.line}`),
      own.map((it) => it.text).join('\n'),
    ).toEqual([`${file}:${line}`])
    expect(`${file}:${line} ${own[0]?.text}`).toMatchSnapshot()
  })
})

describe('a mistake that the build sees is told before anything is served, with its place and what to do', () => {
  const mistakes = mistakesIn(join(here, 'boot'))

  test.each(mistakes.map((it) => [it.title, it] as const))('%s', async (_, { file, line }) => {
    const { default: application } = (await import(pathToFileURL(join(root, file)).href)) as { default: { build(): Promise<unknown> } }
    const failure = await application.build().then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(failure).toMatchObject({ name: 'BootError', problems: [{ code: expect.any(String), fix: expect.stringMatching(/\S/) }] })
    const { message } = failure as Error
    expect(message).toContain(`${file}:${line}:`)
    expect(message).toMatchSnapshot()
  })
})

test('there are at least twenty of them', () => {
  expect(mistakesIn(here).length + mistakesIn(join(here, 'boot')).length).toBeGreaterThanOrEqual(20)
})
