import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { service } from 'plinth'

/** What Plinth has not, as its own page says, so that this one can't be kinder. Empty where that page can't be read. */
export async function readGaps(page: string): Promise<string[]> {
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
  const missing = column < 0 ? [] : rows.slice(2).flatMap((cells) => (cells[column] ? [`${cells[0]}: ${cells[column]}`] : []))
  const others = lines.find((line) => line.startsWith('Also not there yet: '))
  return others === undefined ? missing : [...missing, `for any: ${plain(others.slice('Also not there yet: '.length))}`].map(plain)
}

const plain = (markdown: string): string => markdown.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]|\.$/g, '')

export const Gaps = service('gaps', () => readGaps(join(import.meta.dirname, '../../docs/what-plinth-has.md')))
