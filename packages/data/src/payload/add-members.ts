import type { Payload } from './payload.ts'

/**
 * Gives every row further members, by name. The text of the rows stays what it was, to the last digit. Members stand behind the
 * client's: of two with one name PostgreSQL takes the last, so that none of the client's can pass for one of ours.
 */
export function addMembers(payload: Payload, members: () => { readonly [name: string]: unknown }): Payload {
  if (payload.rows === 0) return payload
  const { json } = payload
  const names = new Set<string>()
  let text = ''
  let from = 0
  let depth = 0
  let isEmpty = true
  for (let at = 0; at < json.length; at++) {
    const char = json[at]
    if (char === '{' || char === '[') {
      depth++
      isEmpty = depth === 2
    } else if (char === '}' || char === ']') {
      if (depth === 2) {
        const added = members()
        for (const name of Object.keys(added)) names.add(name)
        const inner = JSON.stringify(added).slice(1, -1)
        text += `${json.slice(from, at)}${isEmpty || inner === '' ? '' : ','}${inner}`
        from = at
      }
      depth--
      isEmpty = false
    } else if (char === '"') {
      at = endOfString(json, at)
      isEmpty = false
    }
  }
  return {
    ...payload,
    json: text + json.slice(from),
    columns: [...payload.columns, ...[...names].filter((it) => !payload.columns.includes(it))],
    trusted: new Set([...(payload.trusted ?? []), ...names]),
    defaulted: names,
  }
}

/** The closing quote of the string that begins at `start`. */
function endOfString(json: string, start: number): number {
  let at = start + 1
  while (json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at
}
