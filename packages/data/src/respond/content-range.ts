/** `lower-upper/total`, where a star stands for no rows and for a total that nobody asked for. */
export function contentRange(offset: number, rows: number, total: number | undefined): string {
  const range = rows === 0 || total === 0 ? '*' : `${offset}-${offset + rows - 1}`
  return `${range}/${total ?? '*'}`
}

/** 206 when there are more rows than these. */
export function statusOfRange(rows: number, total: number | undefined): number {
  return total !== undefined && rows < total ? 206 : 200
}
