import pg from 'pg'

const SERVER = 'postgres://postgres@127.0.0.1:5432'

/** Runs `work` with the address of a new database, or without one where no server answers; under CI that is a failure. */
export async function withPostgres(work) {
  const admin = new pg.Client({ connectionString: `${SERVER}/postgres`, connectionTimeoutMillis: 2_000 })
  try {
    await admin.connect()
  } catch (error) {
    if (process.env.CI === 'true') throw new Error(`no PostgreSQL answers on 127.0.0.1:5432: ${error.message}`, { cause: error })
    console.warn('SKIPPED: the last section of the tutorial wants PostgreSQL on 127.0.0.1:5432, and none answers')
    return work(undefined)
  }
  const name = `plinth_tutorial_${process.pid}_${Date.now().toString(36)}`
  try {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE template0 ENCODING 'UTF8'`)
    return await work(`${SERVER}/${name}`)
  } finally {
    await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
    await admin.end()
  }
}
