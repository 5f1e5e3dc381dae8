import type { Cursor } from './cursor.ts'
import { parseName } from './name.ts'
import type { SelectEmbed } from './request.ts'

/** `embed-param = "!inner" | "!left" | "!" name`, hint and join in any order, each at most once. */
export function parseEmbedParameters(cursor: Cursor): Pick<SelectEmbed, 'hint' | 'join'> {
  let hint: string | undefined
  let join: 'inner' | 'left' | undefined
  while (cursor.sees('!')) {
    const { at } = cursor
    cursor.at++
    // In quotes it is a hint: a constraint may well be called "left".
    const quoted = cursor.sees('"')
    const name = parseName(cursor)
    if (!quoted && (name === 'inner' || name === 'left')) {
      if (join !== undefined) throw cursor.error(`the join is given twice, as !${join} and !${name}`, at)
      join = name
    } else {
      if (hint !== undefined) throw cursor.error(`an embed takes one hint, here are "${hint}" and "${name}"`, at)
      hint = name
    }
  }
  return { hint, join }
}
