// What the gate shows of a step that succeeded.

/** The last line of its standard output: what it looked at. Programs that it ran may have had the last word on the other, as they ended. */
export function said(stdout) {
  const line = stdout.trim().split('\n').at(-1) ?? ''
  return line.length > 100 ? `${line.slice(0, 97)}…` : line
}

/** Lines that say what was not looked at, each once: a gate that passes without must not look as if it had. */
export function skipped(output) {
  return [...new Set(output.split('\n').flatMap((line) => /SKIPPED\b.*/.exec(line)?.[0].trim() ?? []))]
}
