/** What each of these examples is asked over HTTP once it is served as its users serve it: a path, and what its 200 has to hold. */
export const requests = {
  hello: { '/': 'Hello, world', '/hello/Ada': '{"message":"Hello Ada"}' },
  compass: {
    '/': 'When not to take Plinth',
    '/page.css': 'prefers-color-scheme',
    '/advice?edge=5': '"places":[',
    '/docs': '<title>Compass',
  },
}
