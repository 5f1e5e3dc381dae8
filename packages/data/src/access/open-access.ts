import type { Access, TableAccess } from './contract.ts'

/** Access without any rule. For tests, and for databases that guard themselves. */
export function openAccess(
  options: { readonly maxRows?: number | undefined; readonly aggregates?: boolean; readonly unfilteredWrites?: boolean } = {},
): Access {
  const everything: TableAccess = {
    rows: () => 'all',
    after: () => 'all',
    readable: () => true,
    writable: () => true,
    set: new Map(),
    setOnUpdate: new Map(),
    defaults: new Map(),
    embeddable: () => true,
    unfilteredWrites: options.unfilteredWrites ?? true,
    aggregates: options.aggregates ?? false,
    maxRows: options.maxRows,
    largerPages: 'cut',
  }
  return { of: (): TableAccess => everything }
}
