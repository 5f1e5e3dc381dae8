// Every relative link of our pages leads to a file that is there, and to a heading of it where it names one.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { conclude, files, fromRoot, root } from './workspace.mjs'

const pages = ['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md', 'CHANGELOG.md', 'AGENTS.md']
  .map((name) => join(root, name))
  .filter(existsSync)
for (const folder of ['docs', 'packages', 'examples', 'bench']) pages.push(...files(join(root, folder), /\.md$/))

const problems = []
let count = 0
for (const page of pages) {
  for (const { target, line } of linksOf(page)) {
    if (/^([a-z]+:|\/\/)/i.test(target)) continue
    count++
    const [path, anchor] = target.split('#', 2)
    const file = path === '' ? page : resolve(dirname(page), decodeURI(path))
    const say = (message) => problems.push(`${fromRoot(page)}:${line} ${target} ${message}`)
    if (!existsSync(file)) say('does not exist')
    else if (anchor && (statSync(file).isDirectory() || !anchorsOf(file).has(anchor))) say('names no heading')
  }
}
// A page that the index doesn't name is found by nobody.
const index = join(root, 'docs/index.md')
if (existsSync(index)) {
  const named = new Set(linksOf(index).map(({ target }) => resolve(dirname(index), target)))
  for (const page of files(join(root, 'docs'), /\.md$/)) {
    if (page !== index && !named.has(page)) problems.push(`docs/index.md does not name ${fromRoot(page)}`)
  }
}
conclude(problems, `${count} links of ${pages.length} pages lead somewhere`)

function prose(page) {
  let inside = false
  return readFileSync(page, 'utf8')
    .split(/\r?\n/)
    .map((line) => {
      const fence = /^\s*```/.test(line)
      if (fence) inside = !inside
      return fence || inside ? '' : line.replace(/`[^`]*`/g, (code) => code.replace(/[[\]()#]/g, ' '))
    })
}

function linksOf(page) {
  return prose(page).flatMap((text, index) => [...text.matchAll(/\]\(([^()\s]+)\)/g)].map(([, target]) => ({ target, line: index + 1 })))
}

/** As GitHub makes them: lower case, punctuation away, spaces to dashes. */
function anchorsOf(page) {
  const headings = readFileSync(page, 'utf8').matchAll(/^#+ (.+)$/gm)
  return new Set(
    [...headings].map(([, text]) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}
