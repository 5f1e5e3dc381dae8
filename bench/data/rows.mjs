// What the database begins with, from numbers alone: whoever checks an answer knows the row without asking.

export const counts = { users: 1000, posts: 10_000, notes: 10_000, worlds: 10_000 }

/** Any number spread over 1 to `most`, the same for the same `n`. */
const spread = (n, most) => ((n * 7919) % most) + 1
const at = (n) => new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString()
const words = 'ordinary tables become an interface with rules for every row and every column that anybody may ask for '

export const user = (id) => ({ id, name: `User ${id}`, email: `user${id}@example.com`, bio: words.repeat(2).trim(), createdAt: at(id) })

export const post = (id) => ({
  id,
  title: `Post ${id} about something`,
  body: words.repeat(3).trim(),
  authorId: spread(id, counts.users),
  createdAt: at(id),
})

export const note = (id) => ({ id, title: `Note ${id}`, body: words.trim(), authorId: spread(id, counts.users), createdAt: at(id) })

export const world = (id) => ({ id, randomNumber: spread(id, 10_000) })

const messages = [
  'A computer does what you say, not what you mean',
  'Weeks of work save hours of planning',
  'Every table grows until somebody reads all of it',
  'A list is only as long as its last page',
  'What can be measured can be measured wrongly',
  'The second query is the one that nobody counted',
  'Write it down: <b>bold</b> & "quoted" words are data',
  '<script>alert("This must not run.")</script>',
  'An index is a promise that each write keeps',
  'Small answers arrive first',
  'Whoever locks in order waits for nobody',
  'データベースは嘘をつかない',
]

export const fortunes = messages.map((message, index) => ({ id: index + 1, message }))

/** The one that each request adds. */
export const added = { id: 0, message: 'Additional fortune added at request time.' }
