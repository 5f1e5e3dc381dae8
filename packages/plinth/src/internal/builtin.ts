interface Platform {
  readonly getBuiltinModule?: (name: string) => unknown
  readonly env?: { readonly [name: string]: string | undefined }
}

function platform(): Platform | undefined {
  return (globalThis as { readonly process?: Platform }).process
}

/**
 * A module of the platform (`node:fs`), or `undefined` where there is none. Without a static import, so that the file that
 * asks also loads on Workers, and without waiting, as `import()` would.
 */
export function builtin<T>(name: string): T | undefined {
  try {
    return platform()?.getBuiltinModule?.(name) as T | undefined
  } catch {
    // Deno refuses by permission what it has.
    return undefined
  }
}

type Environment = { readonly [name: string]: string | undefined }

/** Whether this is Cloudflare's edge, or what behaves as it does. */
export const onWorkers: boolean = (globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent === 'Cloudflare-Workers'

/** The process's environment, without what Deno was not allowed to read. On Workers it says production unless it says otherwise. */
export function environment(): Environment {
  const env = platform()?.env
  // Nothing there sets `NODE_ENV` on what was deployed, and what is open in development must not be open by an omission.
  if (onWorkers) return { NODE_ENV: 'production', ...env }
  if (env === undefined) return {}
  return 'Deno' in globalThis ? permitted(env) : env
}

/**
 * Deno throws for each name that `--allow-env` does not cover, where a default would do. The proxy stands before an object of its own: it would
 * look at properties of `env` behind our back, and throw after all.
 */
export function permitted(env: Environment): Environment {
  return new Proxy(Object.create(null) as Environment, {
    get: (_, name) => attempt(() => Reflect.get(env, name) as string | undefined, undefined),
    has: (_, name) => attempt(() => Reflect.has(env, name), false),
    ownKeys: () => attempt(() => Reflect.ownKeys(env), []),
    getOwnPropertyDescriptor: (_, name) => {
      const value = attempt(() => Reflect.get(env, name) as string | undefined, undefined)
      return value === undefined ? undefined : { value, enumerable: true, configurable: true, writable: false }
    },
  })
}

function attempt<T>(read: () => T, otherwise: T): T {
  try {
    return read()
  } catch {
    return otherwise
  }
}
