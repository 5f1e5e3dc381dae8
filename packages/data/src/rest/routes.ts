import type { App, Context, Routed } from 'plinth'

/** What the routes of rows do, with the name of the table behind it. */
export const summaries = { GET: 'Read', POST: 'Add to', PATCH: 'Change', DELETE: 'Delete from', PUT: 'Put into' } as const

/** Adds routes whose paths no type knows. */
export class Routes {
  module: App<{}, {}>

  constructor(to: App<{}, {}>) {
    this.module = to
  }

  add(
    method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT' | 'OPTIONS',
    path: string,
    contract: object,
    handler: (ctx: Context) => unknown,
  ): void {
    const verb = method.toLowerCase() as 'get'
    const define = this.module[verb] as unknown as (path: string, contract: object, handler: unknown) => Routed<unknown>
    this.module = define.call(this.module, path, contract, handler) as App<{}, {}>
  }
}
