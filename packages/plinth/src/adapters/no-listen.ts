/**
 * Stands in for `node/listen.ts` where there is nothing to listen on: bundlers for Workers and browsers follow `browser` in package.json. They
 * put everything into one file, also what is only ever loaded by `import()`, and a Worker whose file names `node:http` does not start.
 */
export function listen(): Promise<never> {
  return Promise.reject(new Error('This platform has no ports to listen on: export the application as the default export of a module'))
}
