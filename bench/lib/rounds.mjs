/**
 * What `measure` answers, as `{ value }`. A round that throws is tried once more: on a starved machine a server may rightly shed
 * load, and that isn't worth the figures of all the others. One that throws twice is `{ failed }`, the reason, and never a figure.
 */
export async function twice(title, measure) {
  try {
    return { value: await measure() }
  } catch (error) {
    console.log(`${title}: ${error.message}; once more`)
  }
  try {
    return { value: await measure() }
  } catch (error) {
    return { failed: error.message }
  }
}

/** Names what of `results` failed, with the reason, and lets the run end with 1: no figure may be missing without a word. */
export function tellFailures(results) {
  const failures = results.filter(({ failed }) => failed !== undefined)
  if (failures.length === 0) return
  console.log('\nfailed twice, and has no figure:')
  for (const { shape, headers, title, failed } of failures) console.log(`  ${shape}, ${headers} headers, ${title}: ${failed}`)
  process.exitCode = 1
}
