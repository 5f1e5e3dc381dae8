/** The shape to build, from the command line, and the port to serve it on. */
export const shape = process.argv[2] ?? 'hello'
export const port = Number(process.env.PORT ?? 3000)
export const host = '127.0.0.1'

const started = performance.now()

/** Tells the harness that the server answers. `buildMs` leaves out loading the framework: imports end before this module's. */
export function ready() {
  console.log(`ready ${JSON.stringify({ buildMs: performance.now() - started })}`)
}

/** Builds the app of `shape` from a table of builders; a contender may leave shapes out. */
export function built(builders) {
  const [, name, count] = /^(routes)-(\d+)$/.exec(shape) ?? [undefined, shape]
  if (!Object.hasOwn(builders, name)) throw new Error(`this server has no shape ${shape}`)
  return builders[name](Number(count))
}
