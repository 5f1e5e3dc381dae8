import { spawn, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../../../bench/lib/process.mjs'

/** Where PostgreSQL's programs are: `PG_BIN`, what `pg_config` says, or where Debian has them. */
export function postgresBin() {
  const said = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim()
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const places = [process.env.PG_BIN, said, ...versions.map((version) => join(debian, version, 'bin'))]
  return places.find((place) => place && existsSync(join(place, 'initdb')) && existsSync(join(place, 'pg_ctl')))
}

/** PostgreSQL does not run as root; then it runs as its own user. */
function owner() {
  if (process.getuid() !== 0) return {}
  const id = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
  return { uid: id('-u'), gid: id('-g') }
}

/** A PostgreSQL of its own, in a folder and on a port that nobody else has; gone with the process. */
export class Cluster {
  #bin = postgresBin()
  #owner = owner()
  #folder = mkdtempSync(join(tmpdir(), 'plinth-faults-'))
  #data = join(this.#folder, 'data')
  #port
  #gone = () => this.remove()

  static async make() {
    const cluster = new Cluster()
    await cluster.#make()
    return cluster
  }

  async #make() {
    process.on('exit', this.#gone)
    const { uid, gid } = this.#owner
    if (uid !== undefined) chownSync(this.#folder, uid, gid)
    this.#port = await freePort()
    await this.#run('initdb', '-D', this.#data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C')
    await this.start()
  }

  get url() {
    return `postgres://postgres@127.0.0.1:${this.#port}/postgres`
  }

  /** Resolves once it takes connections. */
  start() {
    const settings = `-p ${this.#port} -k ${this.#folder} -c listen_addresses=127.0.0.1`
    return this.#run('pg_ctl', '-D', this.#data, '-l', join(this.#folder, 'log'), '-o', settings, '-w', 'start')
  }

  /** `fast` tells those connected, `immediate` is what a crash looks like. */
  stop(mode) {
    return this.#run('pg_ctl', '-D', this.#data, '-m', mode, '-w', 'stop')
  }

  remove() {
    process.off('exit', this.#gone)
    spawnSync(join(this.#bin, 'pg_ctl'), ['-D', this.#data, '-m', 'immediate', '-w', 'stop'], { ...this.#owner, cwd: '/', stdio: 'ignore' })
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #run(program, ...args) {
    // Its standard streams go nowhere: the server keeps those that it was started with, and whoever reads them would wait for it.
    const child = spawn(join(this.#bin, program), args, { ...this.#owner, cwd: '/', stdio: 'ignore' })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ${args.at(-1)} failed with ${code}`))))
    })
  }
}
