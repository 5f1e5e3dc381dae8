// Prints the documents of the sample API and of resources by name, as JSON.
import { app } from 'plinth'
import { openapiDocument } from 'plinth/openapi'
import { database } from '../../packages/data/src/database/index.ts'
import { Comments, Posts, PostsTags, Tags, Users } from '../../packages/data/src/resource/fixtures/forum.ts'
import { resources } from '../../packages/data/src/rest/resources.ts'
import { libraryApi, libraryOptions } from '../../packages/plinth/src/openapi/fixtures/library-api.ts'

await using library = await libraryApi.build()
await using forum = await app({ name: 'forum' })
  .use(database())
  .use('/rest', resources(Users, Posts, Comments, Tags, PostsTags))
  .build({ services: false })
const { license } = libraryOptions
console.log(
  JSON.stringify({
    current: openapiDocument(library, libraryOptions),
    v1: openapiDocument(library, libraryOptions, 'v1'),
    resources: openapiDocument(forum, {
      ...(license && { license }),
      servers: [{ url: 'https://forum.plinth.dev' }],
      tags: Object.fromEntries(['users', 'posts', 'comments', 'tags', 'posts_tags'].map((it) => [it, `Rows of ${it}.`])),
    }),
  }),
)
