// What a page asks its reader to do, in order. Blocks of a tutorial say in their marks what to do with them:
//   ```ts file=app.ts          write this file, whole
//   ```diff file=app.ts        take out the lines with -, put in those with +
//   ```console                 run each `$ ` line; the lines below it are what it prints, where … stands for anything
//   ```console stop            the same, after what runs in the background was stopped
//   ```console background      start this, wait until it is ready, and leave it running
//   … postgres                 where there is a PostgreSQL server
// Other blocks are for reading; those of `sh` say what is installed. Marks are not shown where a page is read, so the line of text
// above a file names it.

/** @returns {{ kind: 'file' | 'diff' | 'console', line: number, section: string, file?: string, marks: string[], text: string }[]} */
export function stepsOf(page) {
  const steps = []
  let section = ''
  let block
  let above = ''
  for (const [index, line] of page.split(/\r?\n/).entries()) {
    if (block === undefined) {
      if (line.startsWith('## ')) section = line.slice(3)
      const [, language, marks] = /^```(\w+) ?(.*)$/.exec(line) ?? []
      if (language === undefined) {
        if (line.trim() !== '') above = line
        continue
      }
      block = { language, marks: marks.split(' ').filter(Boolean), line: index + 1, lines: [] }
      continue
    }
    if (line !== '```') {
      block.lines.push(line)
      continue
    }
    const file = block.marks.find((it) => it.startsWith('file='))?.slice('file='.length)
    const kind = block.language === 'console' ? 'console' : file === undefined ? undefined : block.language === 'diff' ? 'diff' : 'file'
    if (file !== undefined && !above.includes(`\`${file}\``))
      throw new Error(`line ${block.line}: nothing that is shown says that this is ${file}`)
    if (kind !== undefined) steps.push({ kind, line: block.line, section, file, marks: block.marks, text: block.lines.join('\n') })
    block = undefined
  }
  if (block !== undefined) throw new Error(`line ${block.line}: this block is never closed`)
  return steps
}

/** The commands of a console block, each with what it is to print. */
export function commandsOf(text) {
  const commands = []
  for (const line of text.split('\n')) {
    if (line.startsWith('$ ')) commands.push({ command: line.slice(2), expected: [] })
    else if (commands.length === 0) throw new Error(`a console block begins with a command: ${line}`)
    else commands.at(-1).expected.push(line)
  }
  return commands
}

/**
 * Whether that was printed. `…` stands for anything, a line `…` for any number of lines; a line end more or less is none, nor are
 * spaces before it, which nobody sees.
 */
export function fits(expected, printed) {
  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
  const pattern = expected
    .map((line) => (line === '…' ? '(?:[^]*\n)?' : `${line.trimEnd().split('…').map(escape).join('.*')} *\n`))
    .join('')
  const text = printed.replace(/\n+$/, '')
  return new RegExp(`^${pattern}$`).test(text === '' ? '' : `${text}\n`)
}

/** @throws {Error} when a line that the change takes out is not there. */
export function applyDiff(source, diff) {
  const lines = source.split('\n')
  let at = -1
  for (const line of diff.split('\n')) {
    const text = line.slice(2)
    if (line.startsWith('-')) {
      at = lines.indexOf(text)
      if (at === -1) throw new Error(`there is no line '${text}' to take out`)
      lines.splice(at, 1)
    } else if (line.startsWith('+')) {
      if (at === -1) throw new Error(`nothing says where '${text}' belongs`)
      lines.splice(at++, 0, text)
    }
  }
  return lines.join('\n')
}

/** The packages that the page has its reader install, or pack, in its `sh` blocks. */
export function installedBy(page) {
  const commands = [...page.matchAll(/^```sh\n([^]*?)^```$/gm)].flatMap(([, text]) => text.split(/\n|&&/))
  const words = commands.filter((it) => /^\s*npm (install|pack) /.test(it)).flatMap((it) => it.trim().split(/\s+/).slice(2))
  return new Set(words.filter((it) => !/^[-./]/.test(it)).map((it) => it.replace(/(?<=.)@.*$/, '')))
}

/** The packages that a file of TypeScript imports. */
export function importedBy(text) {
  const specifiers = [...text.matchAll(/ from '([^.'][^']*)'/g)].map(([, it]) => it).filter((it) => !it.startsWith('node:'))
  return [...new Set(specifiers.map((it) => it.split('/', it.startsWith('@') ? 2 : 1).join('/')))]
}
