/** What can install the project. */
export const packageManagers = ['npm', 'pnpm'] as const

export type PackageManager = (typeof packageManagers)[number]

/** The one that runs us, `pnpm create plinth` say; npm where it is none that we know. */
export function runningManager(userAgent: string | undefined): PackageManager {
  const name = /^(\w+)\//.exec(userAgent ?? '')?.[1]
  return packageManagers.find((it) => it === name) ?? 'npm'
}

/** How a script of package.json is run with it. */
export function runScript(manager: PackageManager, script: string): string {
  const short = script === 'test' || script === 'start' || manager === 'pnpm'
  return short ? `${manager} ${script}` : `${manager} run ${script}`
}
