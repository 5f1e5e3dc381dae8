// Each example compiles as a user's project would: with a tsconfig of its own, against the built packages. Its facts about users and
// problems (`Register`) are its own too, which is why one program can't hold them all.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { installExamples } from './install.mjs'
import { conclude, readJson, root, tsc } from './workspace.mjs'

const folder = join(root, 'examples')
const problems = []
const examples = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'package.json')))
installExamples()
for (const name of examples) {
  const { private: isPrivate } = readJson(join(folder, name, 'package.json'))
  if (!isPrivate) problems.push(`examples/${name}: package.json must say "private": true`)
  if (!existsSync(join(folder, name, 'README.md'))) problems.push(`examples/${name} has no README.md`)
  const { code, output } = await tsc(['-p', join(folder, name)])
  if (code !== 0) problems.push(output.trim())
}
if (examples.length === 0) problems.push('there are no examples')
conclude(problems, `${examples.length} examples compile`)
