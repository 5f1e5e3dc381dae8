// docs/errors.md from the catalogues of problems. `node tools/errors-doc.mjs --update` writes it; a test compares it both ways.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { withoutComments } from './imports.mjs'
import { files, fromRoot, packages, root } from './workspace.mjs'

const data = join(root, 'packages/data/src')
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

/** What resources and databases that are served refuse by codes of PostgREST: why, and what to do. */
export const restCodes = {
  PGRST100: ['The query is not in the grammar, or past a limit', 'Mend what `message` and `details` name; see [resources](resources.md).'],
  PGRST102: ['The body can not be read, or its objects have different keys', 'Send JSON, CSV or a form as `Content-Type` says.'],
  PGRST103: ['No row lies in the range', 'Ask within `Content-Range`, for 0 rows or more.'],
  PGRST105: ['A PUT does not name one row by its primary key', 'Filter by every column of the key with `eq`, and by nothing else.'],
  PGRST106: ['The schema is not served', 'Name one that `hint` lists in `Accept-Profile` or `Content-Profile`.'],
  PGRST107: ['None of the media types in `Accept` can be given', 'Accept `application/json`.'],
  PGRST108: ['A filter or order is for a relation that `select` does not embed', 'Embed it, or take it out.'],
  PGRST114: ['A PUT has `limit` or `offset`', 'Leave them out.'],
  PGRST115: ['The key in the body of a PUT is not that of the URL', 'Send the same in both.'],
  PGRST116: ['One row was asked for, and there are none or several', 'Filter by a key, or ask for a list.'],
  PGRST117: ['The method is not offered here', 'Use a method that the Allow header lists.'],
  PGRST118: ['Rows can not be ordered by a relation that has many', 'Order by a relation to one.'],
  PGRST122: ['`Prefer: handling=strict` stands beside a preference that is not known', 'Leave out those that `details` lists.'],
  PGRST123: ['Aggregates are not allowed', 'Allow them on the server: `aggregates: true`.'],
  PGRST124: ['More rows would change than `max-affected` allows', 'Filter for fewer.'],
  PGRST125: ['The path names no table', 'Write it as `/table`.'],
  PGRST126: ['The document of the served database is off', 'Set `document: true` on the server.'],
  PGRST127: ['This is not offered', 'Ask otherwise; `details` say what is meant.'],
  PGRST200: ['There is no such relation', 'Use one that `hint` proposes.'],
  PGRST201: ['Several relations fit', 'Say which: `name!constraint`, as `details` list them.'],
  PGRST204: ['A column is not there, or not for the asker to write', 'Leave it out.'],
  PGRST205: ['A table is not there, or not for the asker to see', 'Check the name.'],
  PGRST300: ['A token came, and the server has no secret to check it by', 'Set `PGRST_JWT_SECRET`.'],
  PGRST301: ['The token can not be decoded, or was not signed with the secret', 'Sign in again.'],
  PGRST302: ['A token is needed', 'Send `Authorization: Bearer …`.'],
  PGRST303: ['The token has expired, is not valid yet, or is for somebody else', 'Sign in again.'],
}

/** The problems of the framework, those of `@plinth/data`, and the statuses of PostgREST's codes. */
export async function catalogue() {
  const { builtinProblems } = await load(join(root, 'packages/plinth/src/http/problem-catalogue.ts'))
  const { databaseCatalogue, idempotencyCatalogue } = await load(join(data, 'problem-catalogue.ts'))
  const { postgrestStatus } = await load(join(data, 'grammar/postgrest-error.ts'))
  return { builtinProblems, dataProblems: { ...databaseCatalogue, ...idempotencyCatalogue }, postgrestStatus }
}

/** Every source below a folder that is no test and has what fits `pattern`, with its text without comments. */
function sources(folder, pattern) {
  return files(folder, /\.ts$/)
    .filter((path) => !/\/(testing|fixtures)\/|\.test\.ts$/.test(fromRoot(path)))
    .map((path) => [path, readFileSync(path, 'utf8')])
    .filter(([, text]) => pattern.test(text))
    .map(([path, text]) => [fromRoot(path), withoutComments(text)])
}

/** Every code that the sources answer with by `problem('…')`; `its-code` stands in messages that tell how one writes that. */
export function answered() {
  const texts = packages().flatMap(({ folder }) => sources(join(folder, 'src'), /\bproblem\(/))
  const codes = new Set(texts.flatMap(([, text]) => [...text.matchAll(/\bproblem\(\s*'([\w-]+)'/g)].map(([, code]) => code)))
  codes.delete('its-code')
  return [...codes].sort()
}

/** Every code of PostgREST that `@plinth/data` names outside the list of all that there are. */
export function restAnswered() {
  const texts = sources(data, /PGRST/).filter(([path]) => !path.endsWith('/grammar/postgrest-error.ts'))
  return [...new Set(texts.flatMap(([, text]) => text.match(/\bPGRST\d{3}\b/g) ?? []))].sort()
}

/** Where each code stands in the sources that could answer with it, beside the lists of codes themselves. */
export function uses(codes) {
  const lists = /\/(http\/(problem-catalogue|problem|failures)\.ts|openapi\/)/
  const texts = sources(join(root, 'packages/plinth/src'), /'[\w-]+'|new BodyTooLarge/).filter(([path]) => !lists.test(path))
  // `BodyTooLarge` is defined beside the list.
  const classes = { 'body-too-large': /new BodyTooLarge\(/ }
  return Object.fromEntries(
    codes.map((code) => [code, texts.filter(([, text]) => text.includes(`'${code}'`) || classes[code]?.test(text)).map(([path]) => path)]),
  )
}

function table(columns, rows) {
  return `| ${columns.join(' | ')} |\n${columns.map(() => '|---').join('')}|\n${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}\n`
}

export function written({ builtinProblems: problems, dataProblems, postgrestStatus }) {
  const statuses = [...new Set(Object.values(problems).map((it) => it.status))].sort((a, b) => a - b)
  const sections = statuses.map((status) => {
    const rows = Object.entries(problems)
      .filter(([, it]) => it.status === status)
      .map(([code, it]) => [`\`${code}\``, it.title, it.help])
    return `## ${status}\n\n${table(['code', 'title', 'what to do'], rows)}`
  })
  const ofData = Object.entries(dataProblems).map(([code, it]) => [`\`${code}\``, it.status, it.title, it.help])
  const ofRest = Object.entries(restCodes).map(([code, [why, fix]]) => [`\`${code}\``, postgrestStatus[code], why, fix])
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

First those of the framework by their status, then [those of \`@plinth/data\`](#plinthdata) and [what resources answer](#resources-and-databases-that-are-served). An application adds its own with \`problems({ … })\`; a module may have another shape altogether (\`errors\`). This page is made from the catalogues in \`packages/plinth/src/http/problem-catalogue.ts\` and \`packages/data/src/problem-catalogue.ts\` by \`node tools/errors-doc.mjs --update\`.

${sections.join('\n')}
## \`@plinth/data\`

${table(['code', 'status', 'title', 'what to do'], ofData)}
## Resources and databases that are served

[Resources](resources.md) and [databases that are served](existing-databases.md) have the shape that PostgREST's clients read: \`code\`, \`message\`, \`details\`, \`hint\`. \`message\` and \`details\` name what is meant. A problem in the tables above keeps its code there; \`message\` is its title, \`hint\` what to do.

${table(['code', 'status', 'what is wrong', 'what to do'], ofRest)}
What the database refuses has its [SQLSTATE](https://www.postgresql.org/docs/current/errcodes-appendix.html) as code: 409 for a key that is taken (\`23505\`) or still pointed at (\`23503\`), 401 or 403 for what the asker may not (\`42501\`), 400 for values and constraints ([what breaks them](resources.md#checking-what-is-written)), 503 where it has no room. What is a fault of ours is 500, and the log has the rest.
`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = written(await catalogue())
  if (process.argv.includes('--update')) writeFileSync(page, text)
  else process.stdout.write(text)
}
