// docs/errors.md from the catalogue of problems. `node tools/errors-doc.mjs --update` writes it; a test compares it both ways.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { withoutComments } from './imports.mjs'
import { files, fromRoot, root } from './workspace.mjs'

const http = join(root, 'packages/plinth/src/http')
export const page = join(root, 'docs/errors.md')

/** Codes that nothing in the framework answers by itself: they are there for guards, handlers and transports. */
export const reserved = {
  'not-signed-in': 'for guards',
  forbidden: 'for guards',
  'not-acceptable': 'for handlers that negotiate',
  conflict: 'for handlers',
}

/** A source file's exports, whatever it is written in. */
async function load(path) {
  const { outputFiles } = await build({ entryPoints: [path], bundle: true, write: false, format: 'esm', platform: 'neutral' })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

export async function catalogue() {
  const { builtinProblems } = await load(join(http, 'problem-catalogue.ts'))
  return builtinProblems
}

/** Where each code stands in the sources that could answer with it, beside the lists of codes themselves. */
export function uses(codes) {
  const lists = /\/(http\/(problem-catalogue|problem|failures)\.ts|testing\/|openapi\/)|\.test\.ts$|\/fixtures\//
  const sources = files(join(root, 'packages/plinth/src'), /\.ts$/).filter((path) => !lists.test(fromRoot(path)))
  const texts = sources.map((path) => [fromRoot(path), withoutComments(readFileSync(path, 'utf8'))])
  // `BodyTooLarge` is defined beside the list.
  const classes = { 'body-too-large': /new BodyTooLarge\(/ }
  return Object.fromEntries(
    codes.map((code) => [code, texts.filter(([, text]) => text.includes(`'${code}'`) || classes[code]?.test(text)).map(([path]) => path)]),
  )
}

export function written(problems) {
  const statuses = [...new Set(Object.values(problems).map((it) => it.status))].sort((a, b) => a - b)
  const sections = statuses.map((status) => {
    const rows = Object.entries(problems)
      .filter(([, it]) => it.status === status)
      .map(([code, it]) => `| \`${code}\` | ${it.title} | ${it.help} |`)
    return `## ${status}\n\n| code | title | what to do |\n|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# Errors

What goes wrong is answered as a problem ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)), \`application/problem+json\`:

\`\`\`json
{
  "issues": [{ "location": "body", "pointer": "/email", "message": "must be an email address" }],
  "type": "urn:problem-type:validation-failed",
  "title": "The request does not fit its contract",
  "status": 422,
  "code": "validation-failed"
}
\`\`\`

\`code\` tells one kind from another and never changes; \`title\` is the same for every problem of its kind. \`detail\`, where there is one, is particular to the occurrence. Problems from 500 on have the \`requestId\` that stands in the log. Other members belong to the kind: \`issues\` above.

These are the framework's own. An application adds its own with \`problems({ … })\`; a module may have another shape altogether (\`errors\`). This page is made from the catalogue in \`packages/plinth/src/http/problem-catalogue.ts\` by \`node tools/errors-doc.mjs --update\`.

${sections.join('\n')}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = written(await catalogue())
  if (process.argv.includes('--update')) writeFileSync(page, text)
  else process.stdout.write(text)
}
