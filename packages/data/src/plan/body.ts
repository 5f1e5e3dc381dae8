import type { Core } from './core-contract.ts'

/** How the rows are put into one text. */
export type Format =
  | { readonly kind: 'json' | 'object'; readonly nullsStripped: boolean }
  | { readonly kind: 'csv' }
  /** No body: only how many rows there are. */
  | { readonly kind: 'none' }

/** An expression over the rows `r`, of type text. PostgreSQL writes the JSON; nothing of it is read on the way out. */
export function bodySql(format: Format): string {
  switch (format.kind) {
    case 'json':
    case 'object': {
      const rows = format.nullsStripped ? 'json_strip_nulls(json_agg(r.*))' : 'json_agg(r.*)'
      return format.kind === 'json' ? `coalesce(${rows}, '[]')::text` : `(${rows}->0)::text`
    }
    case 'csv':
      return `string_agg(substring((r.*)::text, 2, length((r.*)::text) - 2), E'\\n')`
    case 'none':
      return `''`
  }
}

/** The first line of CSV, quoted where it has to be (RFC 4180 §2). */
export function csvHeader(core: Pick<Core, 'outputs'>): string {
  return core.outputs.map(({ name }) => (/[",\r\n]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name)).join(',')
}
