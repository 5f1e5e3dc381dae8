// tsconfig.json's `paths` repeat what the packages' `exports` say, for the compiler and the editor. `--update` rewrites them.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { conclude, fromRoot, root, sourceAliases } from './workspace.mjs'

const file = join(root, 'tsconfig.json')
const text = readFileSync(file, 'utf8')
const wanted = sourceAliases().map(
  ([specifier, source]) => `      ${JSON.stringify(specifier)}: [${JSON.stringify(`./${fromRoot(source)}`)}]`,
)
const block = /"paths": \{[^}]*\}/
const updated = text.replace(block, `"paths": {\n${wanted.join(',\n')}\n    }`)

if (process.argv.includes('--update')) writeFileSync(file, updated)
const problems = []
if (!block.test(text)) problems.push('tsconfig.json has no "paths"')
else if (updated !== text && !process.argv.includes('--update')) {
  problems.push('tsconfig.json: "paths" differ from the packages\' "exports"; run node tools/check-paths.mjs --update')
}
conclude(problems, `${wanted.length} paths agree with the packages' exports`)
