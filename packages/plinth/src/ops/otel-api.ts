import { BootError } from '../app/index.ts'

// In a file of its own: the declarations of `plinth/ops` must not name a package that only those who trace have.
export type Api = typeof import('@opentelemetry/api')

/** `load` stands here for tests. */
export async function loadApi(load?: () => Promise<Api>): Promise<Api> {
  try {
    // Inside `try`, where bundlers take a package that is not there for optional.
    return await (load === undefined ? import('@opentelemetry/api') : load())
  } catch (cause) {
    throw new BootError([
      {
        code: 'tracing-without-api',
        message: "tracing() needs the package '@opentelemetry/api', which can't be loaded",
        fix: 'npm install @opentelemetry/api, and an SDK such as @opentelemetry/sdk-node; or take tracing() out',
        cause,
      },
    ])
  }
}
