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

/** A page that is written for npm, for who uses another. */
export function inWordsOf(manager: PackageManager, page: string): string {
  if (manager === 'npm') return page
  return page
    .replace(
      /\bnpm run ([\w:]+)( -- )?/g,
      (_, script: string, more?: string) => `${runScript(manager, script)}${more === undefined ? '' : ' '}`,
    )
    .replace(/\bnpm (install|test|start)\b/g, `${manager} $1`)
    .replaceAll('package-lock.json', 'pnpm-lock.yaml')
}
