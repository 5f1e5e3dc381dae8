const pages = (path, most) => Array.from({ length: most / 20 }, (_, at) => `${path}?limit=20&offset=${at * 20}`)
const slugs = ['sourdough-bread', 'night-trains', 'unit-tests', 'old-radios', 'the-cello'].map(
  (it) => `/api/articles/a-checklist-for-${it}`,
)

const isList = ({ articles, articlesCount }) => articles.length === 20 && articlesCount >= 40 && articles.every((it) => it.author.username)

/** `paths` are asked in turn, `signedIn` with the token of one account; `right` looks at what the answer says. */
export const shapes = [
  { name: 'list', about: 'a page of 20 articles', paths: pages('/api/articles', 280), signedIn: false, right: isList },
  { name: 'feed', about: 'a page of 20 of the feed, with a token', paths: pages('/api/articles/feed', 40), signedIn: true, right: isList },
  { name: 'article', about: 'one article, with a token', paths: slugs, signedIn: true, right: ({ article }) => article.body.length > 100 },
]
