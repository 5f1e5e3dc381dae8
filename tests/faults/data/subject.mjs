import { fileURLToPath } from 'node:url'
import { openEngine } from '@plinth/data'
import { freePort } from '../../../bench/lib/process.mjs'
import { startApp } from '../lib/child.mjs'

export const ROWS = 1_000

/** Tables of app.mjs, made before it starts. */
export async function prepare(settings) {
  const engine = await openEngine(settings)
  await engine.script(`
    CREATE TABLE halves (id int, part int, PRIMARY KEY (id, part));
    CREATE TABLE rows (id int PRIMARY KEY, n int NOT NULL, label text NOT NULL);
    INSERT INTO rows SELECT n, n, 'row ' || n FROM generate_series(1, ${ROWS}) n;
    ANALYZE rows;`)
  await engine.close()
}

/** Starts app.mjs, each time on the same port. */
export async function subject(env) {
  const port = await freePort()
  const script = fileURLToPath(new URL('./app.mjs', import.meta.url))
  return { port, start: () => startApp(script, { PORT: String(port), ...env }) }
}
