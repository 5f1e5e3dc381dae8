import { spawn } from 'node:child_process'

const running = new Set()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(130))

/** An application in a process of its own, which says `ready` once it answers. `died` resolves when it has ended, whoever ended it. */
export async function startApp(script, env) {
  const began = performance.now()
  const child = spawn(process.execPath, [script], { env: { ...process.env, NODE_OPTIONS: '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  running.add(child)
  let output = ''
  const died = new Promise((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child)
      resolve(signal ?? code)
    })
  })
  await new Promise((resolve, reject) => {
    const said = (chunk) => {
      output = (output + chunk).slice(-8000)
      if (/^ready$/m.test(output)) resolve()
    }
    child.stdout.on('data', said)
    child.stderr.on('data', said)
    void died.then((how) => reject(new Error(`the application ended (${how}) before it was ready:\n${output}`)))
  })
  return {
    startMs: performance.now() - began,
    died,
    get alive() {
      return child.exitCode === null && child.signalCode === null
    },
    get output() {
      return output
    },
    async end(signal) {
      child.kill(signal)
      return died
    },
  }
}
