// The files of Swagger UI that the docs page needs, copied beside the source that serves them, from where the build carries
// them into dist. Installed apart from the workspace and without scripts: its package depends on one that reports installs.
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { install } from './install.mjs'
import { readJson, root } from './workspace.mjs'

const home = join(root, 'tools/swagger-ui')
const target = join(root, 'packages/plinth/src/openapi/assets')
/** The licence asks for its own text and the NOTICE; the bundle's names what is bundled. */
const wanted = {
  'swagger-ui-bundle.js': 'swagger-ui-bundle.js',
  'swagger-ui.css': 'swagger-ui.css',
  'favicon-32x32.png': 'favicon-32x32.png',
  LICENSE: 'swagger-ui.LICENSE.txt',
  NOTICE: 'swagger-ui.NOTICE.txt',
  'swagger-ui-bundle.js.LICENSE.txt': 'swagger-ui-bundle.js.LICENSE.txt',
}

/** Does nothing when the files of the wanted version are there, or nobody would serve them. */
export function copySwaggerUi() {
  if (!existsSync(join(target, '..'))) return
  const version = readJson(join(home, 'package.json')).dependencies['swagger-ui-dist']
  const stamp = join(target, 'swagger-ui.version.txt')
  const present = existsSync(stamp) && readFileSync(stamp, 'utf8') === version
  if (present && Object.values(wanted).every((name) => existsSync(join(target, name)))) return

  install(home)
  mkdirSync(target, { recursive: true })
  for (const [from, to] of Object.entries(wanted)) {
    const source = join(home, 'node_modules/swagger-ui-dist', from)
    // Nobody ships the source map that its last line names.
    if (from.endsWith('.js') || from.endsWith('.css')) writeFileSync(join(target, to), withoutMap(readFileSync(source, 'utf8')))
    else copyFileSync(source, join(target, to))
  }
  writeFileSync(stamp, version)
  rmSync(join(home, 'node_modules'), { recursive: true })
}

function withoutMap(text) {
  return text.replace(/\n?\/[/*]# sourceMappingURL=\S+(\s*\*\/)?\s*$/, '\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) copySwaggerUi()
