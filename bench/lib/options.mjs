/**
 * Reads `--name value` and `--flag`. `known` maps each option to its default; the default's type says how to read it:
 * a boolean is a flag, a number a count, an array a comma-separated list, a string itself.
 * Throws on an unknown or malformed option, naming what is known.
 */
export function options(argv, known) {
  const read = { ...known }
  for (let at = 0; at < argv.length; at++) {
    const [name, inline] = argv[at].replace(/^--/, '').split(/=(.*)/s)
    if (!argv[at].startsWith('--') || !Object.hasOwn(known, name)) {
      throw new UsageError(
        `unknown option ${argv[at]}; known: ${Object.keys(known)
          .map((one) => `--${one}`)
          .join(' ')}`,
      )
    }
    if (typeof known[name] === 'boolean') {
      read[name] = true
      continue
    }
    const value = inline ?? argv[++at]
    if (value === undefined) throw new UsageError(`--${name} needs a value`)
    if (typeof known[name] === 'number') {
      read[name] = Number(value)
      if (!(read[name] > 0)) throw new UsageError(`--${name} needs a number above 0, not ${value}`)
    } else read[name] = Array.isArray(known[name]) ? value.split(',').filter(Boolean) : value
  }
  return read
}

/** A mistake in how the command was called: printed without a stack. */
export class UsageError extends Error {}

/** Keeps the entries of `all` named in `wanted` (all when empty); throws on a name that isn't there. */
export function pick(all, wanted, what) {
  for (const name of wanted) {
    if (!all.some((one) => one.name === name)) {
      throw new UsageError(`no ${what} called ${name}; there are: ${all.map((one) => one.name).join(', ')}`)
    }
  }
  return wanted.length === 0 ? all : all.filter((one) => wanted.includes(one.name))
}
