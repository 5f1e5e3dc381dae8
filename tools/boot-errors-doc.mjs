// docs/boot-errors.md: every code of a `BootProblem`. `node tools/boot-errors-doc.mjs --update` writes it; a test holds it against the sources.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withoutComments } from './imports.mjs'
import { files, fromRoot, root } from './workspace.mjs'

export const page = join(root, 'docs/boot-errors.md')

/** By part: each code with what is wrong and what is done about it. The message of the error itself names the things at fault. */
export const bootCodes = {
  Routes: {
    'route-conflict': ['Two routes of one method match the same path', 'Remove one, or tell them apart by a static segment or the method.'],
    'bad-template': ['A path template is malformed', 'Write it as the message says; see [routing](routing.md).'],
    'no-handler': ['A route has no function as its handler', 'Pass the handler last: `.get(path, contract, handler)`.'],
    'bad-contract': ['A contract is no object', 'Pass an object with `params`, `query`, `body`, `reply`, ….'],
    'unknown-slot': ['A contract has a slot that does not exist', 'Look for a slip: `querry`.'],
    'unknown-parameter': ['`params` asks for a name that the path has not', 'Write it in the path, or rename the field.'],
    'body-of-get': ['A method without a body declares one', 'Take the values from the query, or make it a POST.'],
    'bad-limit': [
      '`timeout`, `bodyLimit` or a limit of a resource is no whole number, or too large',
      'Write whole milliseconds, whole bytes, whole counts; 0 for no timeout.',
    ],
    'keys-not-kept': ['A route is `idempotent`, but nothing before it keeps keys', 'Use `database()` of `@plinth/data` before it.'],
    'bad-websocket': [
      '`websocket` stands on a route that is no GET, or is neither `true` nor a list of origins',
      "Write `.get(path, { websocket: { origins: ['https://app.example'] } }, …)`.",
    ],
    'bad-date': ['`deprecated` or `sunset` is no date', "Write it as `'2027-06-30'`."],
  },
  'Schemas and replies': {
    'schema-not-compiled': ['A schema can not be compiled', 'Mend what the message names.'],
    'reply-cannot-strip': [
      'A reply schema gives no JSON Schema, so undeclared fields could leave',
      'Use `t`, or a library that gives JSON Schema.',
    ],
    'bad-status': ['A reply is declared under what is no final status', 'Declare it under 200 to 599.'],
    'body-of-204': ['A status without a body declares a schema', 'Write `204: null`.'],
    'not-a-problem': ['A reply lists something that `problem(…)` did not make', "Write `problem('its-code')`."],
    'problem-status': ['A problem is declared under another status than its own', 'Declare it under its own.'],
  },
  Guards: {
    'not-a-guard': ['`guards` is no list of what `guard(…)` made', 'Write `guards: [guard((ctx) => …)]`.'],
    'guard-needs': ['A guard does not find before it what it needs', 'Put that one before it.'],
    'guard-needs-later': ['A guard runs earlier than what it needs', 'Give both the same `always`.'],
    'guard-needs-sometimes': ['A guard needs one that stands before some methods alone', 'Take `methods` or the need away.'],
    'guard-methods': ['`methods` names what no request has', "Write them as requests do: `'POST'`."],
    'guard-adds-twice': ['Two guards of a route add the same name to the context', 'Let one of them add it under another.'],
    'duplicate-guard': ['Two guards defined apart have one name', 'Give one of them another `name`.'],
  },
  Modules: {
    'module-cycle': ['A module uses itself', 'Take the shared part into a module of its own.'],
    'duplicate-module': ['Two modules have one name', 'Give one of them another.'],
    'app-in-app': ['An application is used as a module', "Make it a `module('name')`, or `mount` it."],
    'bad-prefix': ['A prefix does not begin with `/`, or ends with it', "Write `'/shop'`."],
    'parameter-in-prefix': [
      'A prefix given to `use` holds a parameter, which no handler could see',
      'Write it where the module is defined.',
    ],
    'prefix-of-middleware': [
      "A module of scope `'parent'` is used under a prefix, which would not narrow it",
      'Use it inside a module of its own.',
    ],
    'option-of-middleware': ["A module of scope `'parent'` has settings that would do nothing", 'Set them on the module that uses it.'],
    'bad-header': ['A header has a name or value that can not be sent', 'Send printable text without line breaks.'],
  },
  Services: {
    'service-failed': ['A service threw while it was made', 'Mend what it says; the stack is in the cause.'],
    'service-missing': ['Nothing provides a `token`', 'Use the starter that provides it, or `provide` a value.'],
    'service-cycle': ['Services ask for each other in a circle', 'Let one take what it needs as an argument of its methods.'],
    'service-captive': ["A service of the application asks for one of scope `'request'`", 'Give it the same scope, or pass the value.'],
    'duplicate-service': ['Two services have one name', 'Give one of them another.'],
    'not-a-service': ['`use` was given what `service(…)` did not make', 'Where it is undefined, two files import each other.'],
    'service-not-booted': ['An asynchronous service is asked for that nobody listed', 'List it: `app().use(it)`. Told in a request too.'],
    'service-async-in-request': [
      "A service of scope `'request'` is made asynchronously",
      'Make it at once, and let its methods be asynchronous. Told in a request.',
    ],
  },
  Configuration: {
    'config-missing': ['A setting without a default is not set', 'Set the variable that the message names.'],
    'config-invalid': ['A setting does not fit its schema', 'Mend the value at the place that the message names.'],
    'config-default-secret': ['A secret has only its default value, in production', 'Set it.'],
    'config-file': ['An env file can not be read, or has a line that is none', 'Mend the line.'],
    'config-names': ['Settings or variables are named so that they can not be told apart', 'Rename one.'],
    'config-schema': [
      'The schema of the settings is none that can be read',
      'Pass a `t.Object`, or an object schema that gives JSON Schema.',
    ],
  },
  Operations: {
    'bad-port': ['The port is none', 'A number from 0 (any that is free) to 65535.'],
    'bad-transport': ['`transport` of `listen` is none', "Write `'http1'` or `'node:http'`, or pass an object with `listen`."],
    'bad-trust-proxy': ['`trustProxy` names no proxies', "Write `'private'`, `['10.0.0.0/8']`, or how many stand in front."],
    'metrics-unguarded': [
      'Metrics stand open, in production',
      '`metrics({ guards: [ … ] })`, or `public: true` where the network keeps others away.',
    ],
    'tracing-without-api': ["`@opentelemetry/api` can't be loaded", 'Install it, or take `tracing()` out.'],
  },
  Database: {
    'database-address': ['`DATABASE_URL` is no address of PostgreSQL', 'Write it as `postgres://user:password@host:5432/name`.'],
    'database-refuses': ['The server refuses the user, the password or the database', 'Correct `DATABASE_URL`.'],
    'database-unavailable': [
      'Migrations are to be applied, and the database is not there',
      'Start it first, or apply them apart: `plinth db migrate`.',
    ],
    'migration-failed': ['A migration could not be applied; nothing of it remains', 'Mend it; see [migrations](migrations.md).'],
    'database-in-production': [
      'No server is named, and this is production',
      'Set `DATABASE_URL`, or say `embedded: true` where an [embedded database](database.md#embedded) is meant.',
    ],
    'database-locked': ['Another process has the directory of the embedded database open', 'Stop it, or set `DATABASE_URL`.'],
    'database-damaged': ['The embedded database does not start', 'See the cause; open a copy elsewhere, or remove the directory.'],
    'database-missing-library': ['`drizzle-orm` or `@electric-sql/pglite` is not installed', 'Install it.'],
  },
  'Databases that exist': {
    'unknown-schema': ['A schema that is to be served is not in the database', 'Look for a slip; the message lists those that there are.'],
    'closed-schema': ["A schema that is to be served is PostgreSQL's own or the framework's", 'Serve the schemas of your own tables.'],
    'unknown-table': [
      'Policies name a table that the served schemas have not',
      "Look for a slip; write `'api.things'` for one in another schema.",
    ],
    'unknown-role': [
      "There is no role for strangers under `policies: 'database'`, or the login may not become it",
      'Create and grant it, name another by `anonRole`, or let only tokens in: `anonRole: false`.',
    ],
  },
  Resources: {
    'changes-not-kept': [
      'A resource asks for `history` or `live`, and its table is not in the database',
      'Bring the database to the schema first: `plinth db migrate` or `plinth db push`.',
    ],
    'resource-without-access': ['A resource has no access rule, so nobody could do anything', 'Write `access: { read: everyone }`, say.'],
    'resource-not-listed': ['A resource is used that the application does not list', 'List it in `resources(…)`, or `.use(it)`.'],
    'duplicate-resource': ['Two resources have one name, or are made of one table', 'Rename one, or bring them together.'],
    'bad-name': ["The name of a resource can't stand in a path", 'Letters, digits, `_` and `-`.'],
    'unknown-option': ['A resource has no such option', 'Look for a slip; the message lists them.'],
    'bad-option': ['An option of a resource is none that it can be', 'Write what the message says.'],
    'unknown-limit': ['`limits` has no such name', 'Take one that the message lists.'],
    'unknown-verb': ['`access` has no such verb', 'Take one that the message lists.'],
    'bad-rule': ['An access rule is none', 'Write a guard, a function of the row, or `everyone`.'],
    'rule-undefined': ['An access rule is undefined', 'Leave it out to refuse; where it was imported, two files import each other.'],
    'unknown-column': ['`columns` names a column that the table has not', 'Look for a slip; a computed one has `compute`.'],
    'bad-column': [
      'What `columns` says of a column is nothing that it can say',
      'Write `{ read, write }`, `{ set }`, `{ readonly: true }` or `{ compute }`.',
    ],
    'computed-column': [
      'A computed column has the name of one of the table, or is to be written',
      'Rename it, and leave `set` and `write` out.',
    ],
    'set-and-write': ['A column is set by the server and written by the client', 'Leave one of the two out.'],
    'readonly-and-write': ['A column is readonly and has a rule for writing', 'Leave one of the two out.'],
    'unknown-relation': ['`relations` lists what no foreign key leads to, or several', "Name the key: `'writer:users!authorId'`."],
    'bad-relation': [
      '`relations` lists something that is no relation, or that clients’ types would take for another',
      "Write `'comments'`, `'author'` or `'writer:users!authorId'`.",
    ],
  },
}

/** The codes that the sources write, each once. */
export function writtenCodes() {
  const sources = files(join(root, 'packages'), /\/src\/.*\.ts$/).filter(
    (path) => !/\.test\.ts$|\/fixtures\/|\/testing\/|^packages\/cli\//.test(fromRoot(path)),
  )
  const found = new Set()
  for (const path of sources) {
    const text = withoutComments(readFileSync(path, 'utf8'))
    if (!/BootProblem|BootError|ServiceError|DatabaseRefused|\bFault\b/.test(text)) continue
    // As a member, as the first argument of those who make one, as a choice of two, and handed on to `fault`.
    for (const [, code] of text.matchAll(
      /(?:\bcode: |\bfault\(\s*|new (?:ServiceError|DatabaseRefused)\(\s*|\? |: )'([a-z]+(?:-[a-z0-9]+)+)'/g,
    ))
      found.add(code)
    for (const [, code] of text.matchAll(/'([a-z]+(?:-[a-z0-9]+)+)', fault\)/g)) found.add(code)
  }
  return [...found].sort()
}

export function written() {
  const sections = Object.entries(bootCodes).map(([part, codes]) => {
    const rows = Object.entries(codes).map(([code, [what, fix]]) => `| \`${code}\` | ${what} | ${fix} |`)
    return `## ${part}\n\n| code | what is wrong | what to do |\n|---|---|---|\n${rows.join('\n')}\n`
  })
  return `# Errors at boot

What is wrong with an application is told before it serves, all of it at once, as a \`BootError\`:

\`\`\`
The application can't start: one problem.

1. GET "/users/:name" conflicts with GET "/users/:id": both match "/users/:name". Remove one, or tell them apart by a static segment or the method
   at  routes/users.ts:6:4
   fix remove one of them, or give them different paths  [route-conflict]
\`\`\`

\`error.problems\` has each with \`code\`, \`message\`, \`fix\` and \`at\`. \`code\` tells one kind from another and never changes. Services and starters of your own may throw a \`BootError\` with codes of theirs. Answers to requests have [codes of their own](errors.md).

This page is made by \`node tools/boot-errors-doc.mjs --update\`.

${sections.join('\n')}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--update')) writeFileSync(page, written())
  else process.stdout.write(written())
}
