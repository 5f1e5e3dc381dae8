import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * What a source file imports, in order: `{ specifier, kind, line }`, kind being `value`, `type` or `dynamic`.
 * The formatter keeps top-level statements in column 0, which is what lets a regular expression tell an import from text.
 */
export function importsOf(path) {
  const text = withoutComments(readFileSync(path, 'utf8'))
  const found = []
  const add = (kind, specifier, index) => found.push({ kind, specifier, line: text.slice(0, index).split('\n').length })
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s+)?(?:[\w$*{}\s,]+?)\s+from\s*['"]([^'"]+)['"]/gm)) {
    // `import { type A }` is not type-only: under verbatimModuleSyntax the module is still loaded.
    add(match[1] === undefined ? 'value' : 'type', match[2], match.index)
  }
  for (const match of text.matchAll(/^import\s*['"]([^'"]+)['"]/gm)) add('value', match[1], match.index)
  for (const match of text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)) {
    add(isTypePosition(text.slice(0, match.index)) ? 'type' : 'dynamic', match[1], match.index)
  }
  return found.sort((a, b) => a.line - b.line)
}

/** `import('x').Name` in a type stands after `:`, `<`, `|`, `&` or `typeof`; a real one after `await`, `(`, `=>`, `return`. */
function isTypePosition(before) {
  return /([:<|&]|\btypeof)\s*$/.test(before)
}

/** Comments become spaces, so that lines and columns stay. Strings that contain `//` are left alone. */
export function withoutComments(text) {
  return text.replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, (part) =>
    part.startsWith('/') ? part.replace(/[^\n]/g, ' ') : part,
  )
}

/** The file that a relative import leads to, or `undefined` when there is none. */
export function resolveRelative(from, specifier) {
  const path = join(dirname(from), specifier)
  return existsSync(path) ? path : undefined
}
