import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { service } from 'plinth'

/** What Plinth has not, as its own page says, so that this one can't be kinder. `undefined` where that page can't be read. */
export async function readGaps(page: string): Promise<string[] | undefined> {
  const lines = (await readFile(page, 'utf8').catch(() => '')).split('\n')
  const rows = lines
    .filter((line) => line.startsWith('|'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  const column = rows[0]?.indexOf('not there yet') ?? -1
  if (column < 0) return undefined
  const missing = rows.slice(2).flatMap((cells) => (cells[column] ? [`${cells[0]}: ${cells[column]}`] : []))
  const others = lines.find((line) => line.startsWith(OTHERS))
  if (others !== undefined) missing.push(`For any: ${others.slice(OTHERS.length)}`)
  return missing.map(plain)
}

const OTHERS = 'Also not there yet: '
const plain = (markdown: string): string => markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]|\.$/g, '')

export const Gaps = service('gaps', () => readGaps(join(import.meta.dirname, '../../docs/what-plinth-has.md')))
