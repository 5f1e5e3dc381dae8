// Sizes are reported, never gated: what good looks like is a median file under 150 lines and a heart that is read in an hour.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { importsOf, resolveRelative, withoutComments } from './imports.mjs'
import { entries, files, fromRoot, packages, readJson, root } from './workspace.mjs'

const measured = packages().flatMap(({ folder, name }) =>
  files(join(folder, 'src'), /\.tsx?$/)
    .filter((path) => !/\.test\.tsx?$|[\\/]fixtures[\\/]/.test(path))
    .map((path) => {
      const text = readFileSync(path, 'utf8')
      const part = dirname(relative(join(folder, 'src'), path)).split(/[\\/]/)[0]
      return { path, part: part === '.' ? name : `${name}/${part}`, lines: lines(text), code: lines(withoutComments(text)) }
    }),
)

function lines(text) {
  return text.split('\n').filter((line) => line.trim() !== '').length
}

const sum = (list, key) => list.reduce((total, it) => total + it[key], 0)
const median = (list) => list.map((it) => it.lines).sort((a, b) => a - b)[list.length >> 1] ?? 0

const parts = [...new Set(measured.map((it) => it.part))].sort()
const rows = parts.map((part) => {
  const list = measured.filter((it) => it.part === part)
  return [part, list.length, sum(list, 'lines'), sum(list, 'code'), median(list), Math.max(...list.map((it) => it.lines))]
})
rows.push([
  'all',
  measured.length,
  sum(measured, 'lines'),
  sum(measured, 'code'),
  median(measured),
  Math.max(...measured.map((it) => it.lines)),
])
table(['part', 'files', 'lines', 'code', 'median', 'longest'], rows)

const isHeart = ({ path }) => /packages\/plinth\/src\/(app\/|contract\.ts$)/.test(fromRoot(path))
const heart = measured.filter(isHeart)
const heartTypes = heart.filter(({ path }) => /(^|[-/])(types|register)\.ts$/.test(fromRoot(path)))
console.log(
  `\nheart (app and contract.ts): ${sum(heart, 'code')} code lines in ${heart.length} files, ${sum(heartTypes, 'code')} of them types alone`,
)

for (const limit of [400, 300]) {
  const long = measured.filter((it) => it.lines > limit && (limit === 400 || it.lines <= 400))
  console.log(
    `${limit === 400 ? 'over 400' : '301 to 400'} lines: ${long.length === 0 ? 'none' : long.map((it) => `${fromRoot(it.path)} (${it.lines})`).join(', ')}`,
  )
}
try {
  const surface = readJson(join(root, 'tools/snapshots/exports.json'))
  console.log(
    `exports: ${Object.entries(surface)
      .map(([entry, names]) => `${entry} ${Object.keys(names).length}`)
      .join(', ')}`,
  )
} catch {
  console.log('exports: no snapshot yet')
}
for (const it of packages())
  for (const entry of entries(it))
    if (entry.subpath === '.' && existsSync(entry.source)) console.log(`files loaded by ${entry.specifier}: ${reach(entry.source).size}`)

/** How many of our files an entry loads at once: what start-up time pays for. */
function reach(entry, seen = new Set([entry])) {
  for (const { kind, specifier } of importsOf(entry)) {
    if (kind !== 'value' || !specifier.startsWith('.')) continue
    const target = resolveRelative(entry, specifier)
    if (target === undefined || seen.has(target)) continue
    seen.add(target)
    reach(target, seen)
  }
  return seen
}

function table(head, body) {
  const all = [head, ...body.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column].length)))
  for (const row of all)
    console.log(row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  '))
}
