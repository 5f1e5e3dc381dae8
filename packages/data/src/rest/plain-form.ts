import { PostgrestError } from '../grammar/postgrest-error.ts'
import type { DataAnswer } from '../respond/answer.ts'
import { errorAnswer } from '../respond/error-answer.ts'
import type { DataRequestParts } from '../respond/exchange.ts'
import type { Column, Table } from '../model/contract.ts'

/** One object instead of rows: `/posts/7`. Only tables with a key of one column have it. */
export function plainKey(table: Table): Column | undefined {
  return table.primaryKey.length === 1 ? table.columns.get(table.primaryKey[0]!) : undefined
}

/** Answers for the one row with the key `id`, by what the grammar answers to `ask`. */
export async function answerOne(
  parts: DataRequestParts,
  key: Column | undefined,
  id: string,
  name: string,
  ask: (parts: DataRequestParts) => Promise<DataAnswer>,
): Promise<DataAnswer> {
  const { method } = parts
  if (key === undefined || !canBeKey(id, key)) return notThere(name, method)
  const change = method === 'PATCH' ? kindOfChange(parts) : 'some'
  if (change === 'wrong') return errorAnswer(noObject, { authenticated: true, rowDetails: false })!
  return fromGrammar(await ask(toGrammar(change === 'none' ? asRead(parts) : parts, key, id)), name, method)
}

const bounds: { readonly [type: string]: bigint } = { smallint: 2n ** 15n, integer: 2n ** 31n, bigint: 2n ** 63n }

/** Whether a row can have this key at all. PostgreSQL would make it an error about a type, and the body may have such too. */
function canBeKey(text: string, { base }: Column): boolean {
  const bound = bounds[base]
  if (bound !== undefined) {
    if (!/^[+-]?[0-9]{1,19}$/.test(text)) return false
    const value = BigInt(text.replace('+', ''))
    return value >= -bound && value < bound
  }
  if (base === 'uuid') return /^\{?(?:[0-9a-f]{4}-?){7}[0-9a-f]{4}\}?$/i.test(text)
  return !text.includes('\0')
}

/** What a change of one row can't be. */
const noObject = new PostgrestError('PGRST102', 'The body must be an object: the members to change')

/**
 * A change of nothing, `{}`, is none, and the grammar finds no row for it: here the row that was named is the answer. Lists and single
 * values would be taken for no rows too.
 */
function kindOfChange({ headers, body }: DataRequestParts): 'some' | 'none' | 'wrong' {
  const type = headers.get('content-type')
  if (body === undefined || (type !== undefined && type !== null && !/\bjson\b/i.test(type))) return 'some'
  const text = body.trim()
  if (/^\{\s*\}$/.test(text)) return 'none'
  // What is no JSON at all is told as that.
  return /^(?:\[|"|-?[0-9]|true$|false$|null$)/.test(text) ? 'wrong' : 'some'
}

/** The same, but to read. */
function asRead(parts: DataRequestParts): DataRequestParts {
  return { ...parts, method: 'GET', body: undefined }
}

/** The same request in the grammar: exactly one row, by its key. */
function toGrammar(parts: DataRequestParts, key: Column, value: string): DataRequestParts {
  const filter = `${encodeURIComponent(key.name)}=eq.${encodeURIComponent(value)}`
  const { headers } = parts
  return {
    ...parts,
    query: parts.query === '' ? filter : `${parts.query}&${filter}`,
    headers: {
      get(name) {
        const sent = headers.get(name)
        switch (name) {
          case 'accept':
            return 'application/vnd.pgrst.object+json'
          case 'range':
            return undefined
          case 'prefer':
            return parts.method === 'PATCH' && !/\breturn=/.test(sent ?? '') ? `${sent ? `${sent},` : ''}return=representation` : sent
          default:
            return sent
        }
      },
    },
  }
}

const kept: ReadonlySet<string> = new Set(['content-type', 'vary', 'preference-applied', 'proxy-status', 'www-authenticate'])

/** The answer for one object; no row is 404. */
function fromGrammar(answer: DataAnswer, name: string, method: string): DataAnswer {
  if (answer.status === 406 && answer.body.includes('"PGRST116"')) return notThere(name, method)
  const headers = answer.headers
    .filter(([header]) => kept.has(header.toLowerCase()))
    .map(([header, value]) => [header, value.replace('application/vnd.pgrst.object+json', 'application/json')] as const)
  return { ...answer, headers }
}

const wanted: { readonly [method: string]: string } = { PATCH: ' and change', DELETE: ' and delete' }

/** The same whether there is no such row or none that the asker may see. */
function notThere(name: string, method: string): DataAnswer {
  const body = {
    code: 'not-found',
    message: 'There is nothing here',
    details: `No row of '${name}' that you may see${wanted[method] ?? ''} has this key`,
    hint: null,
  }
  return { status: 404, headers: [['Content-Type', 'application/json; charset=utf-8']], body: JSON.stringify(body) }
}
