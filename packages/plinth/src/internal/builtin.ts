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

/** The process's environment; empty where there is none. */
export function environment(): { readonly [name: string]: string | undefined } {
  return platform()?.env ?? {}
}
