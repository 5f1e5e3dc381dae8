import type { Built } from './built.ts'

type Fetch = (request: Request, ...platform: unknown[]) => Promise<Response>

/** A web handler that builds on the first request. A build that failed is tried again by the next request, so a passing fault heals. */
export function lazyFetch(build: () => Promise<Built>): Fetch {
  let built: Promise<Built> | undefined
  return async (request, ...platform) => {
    built ??= build()
    let ready: Built
    try {
      ready = await built
    } catch (error) {
      built = undefined
      throw error
    }
    return ready.fetch(request, ...platform)
  }
}
