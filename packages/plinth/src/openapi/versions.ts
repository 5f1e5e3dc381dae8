import type { RouteInfo } from '../app/index.ts'

/** The versions that routes name, the newest first: `v10` before `v9`, `2026-05-01` before `2025-11-01`. */
export function versionsOf(routes: readonly RouteInfo[]): readonly string[] {
  const found = new Set<string>()
  for (const { version, contract } of routes) if (version !== undefined && contract.hidden !== true) found.add(version)
  return [...found].sort((a, b) => compareVersions(b, a))
}

/**
 * A version's document shows its own routes and those without a version, which hold in every one: all that a client of that
 * version may call, and nothing that it should not.
 */
export function routesOf(routes: readonly RouteInfo[], version: string | undefined): readonly RouteInfo[] {
  return routes.filter((it) => it.contract.hidden !== true && it.method !== '*' && (it.version === undefined || it.version === version))
}

/** By code units where it isn't a number: a locale would order documents differently from machine to machine. */
export function compareVersions(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? []
  const right = b.match(/\d+|\D+/g) ?? []
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [one, other] = [left[i] as string, right[i] as string]
    const difference = Number(one) - Number(other)
    if (difference !== 0 && !Number.isNaN(difference)) return difference
    if (one !== other && Number.isNaN(difference)) return one < other ? -1 : 1
  }
  return left.length - right.length
}
