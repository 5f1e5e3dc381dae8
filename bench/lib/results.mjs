import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What of the machine explains a figure; nothing that names it. */
export function machine() {
  const cpus = os.cpus()
  return {
    cpu: cpus[0]?.model ?? 'unknown',
    cores: cpus.length,
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    platform: process.platform,
    arch: process.arch,
    node: process.versions.node,
  }
}

/** Writes `results/<group>-<date>.json`, with `more` beside the results; a second run on the same minute overwrites the first. Answers the path from the repository's root. */
export function keep(group, settings, results, more = {}) {
  const folder = new URL('../results/', import.meta.url)
  mkdirSync(folder, { recursive: true })
  const at = new Date().toISOString()
  const file = new URL(`${group}-${at.slice(0, 16).replaceAll(':', '')}Z.json`, folder)
  writeFileSync(file, `${JSON.stringify({ group, at, machine: machine(), settings, results, ...more }, null, 2)}\n`)
  return `bench/results/${basename(fileURLToPath(file))}`
}
