// Each example compiles as a user's project would: with a tsconfig of its own, against the built packages. Its facts about users and
// problems (`Register`) are its own too, which is why one program can't hold them all. Those that need nothing else around them are
// served by the command, as for production, and asked; Conduit is what `npm start` serves.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { askConduit } from './ask-conduit.mjs'
import { requests } from './example-requests.mjs'
import { installExamples } from './install.mjs'
import { Background } from './tutorial/background.mjs'
import { bin, conclude, readJson, root, tsc } from './workspace.mjs'

const folder = join(root, 'examples')
const problems = []
const examples = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')))
let asked = 0
installExamples()
for (const name of examples) {
  const { private: isPrivate } = readJson(join(folder, name, 'package.json'))
  if (!isPrivate) problems.push(`examples/${name}: package.json must say "private": true`)
  if (!existsSync(join(folder, name, 'README.md'))) problems.push(`examples/${name} has no README.md`)
  const { code, output } = await tsc(['-p', join(folder, name)])
  if (code !== 0) problems.push(output.trim())
  else if (name in requests) await ask(name)
}
if (examples.includes('conduit') && problems.length === 0) problems.push(...(await askConduit()))
if (examples.length === 0) problems.push('there are no examples')
conclude(problems, `${examples.length} examples compile, ${asked} requests to ${Object.keys(requests).length} of them are answered`)

async function ask(name) {
  const env = { ...process.env, NODE_ENV: 'production', PORT: '0', NO_COLOR: '1', FORCE_COLOR: '0' }
  const server = new Background(`exec "${process.execPath}" "${bin('@plinth/cli')}" start app.ts`, { cwd: join(folder, name), env })
  try {
    await server.says(/http:\/\/\S+/)
    const [, port] = /http:\/\/\S+?:(\d+)/.exec(server.output)
    for (const [path, part] of Object.entries(requests[name])) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`)
      const text = await answer.text()
      if (answer.status !== 200) problems.push(`examples/${name}: ${path} answers ${answer.status}`)
      else if (!text.includes(part)) problems.push(`examples/${name}: the answer of ${path} has no ${part}`)
      asked++
    }
  } catch (error) {
    problems.push(`examples/${name}: ${error.message}`)
  } finally {
    await server.stop()
  }
}
