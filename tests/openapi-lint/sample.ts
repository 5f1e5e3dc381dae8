// Prints the documents of the sample API by name, as JSON.
import { openapiDocument } from '../../packages/plinth/src/openapi/document.ts'
import { libraryApi, libraryOptions } from '../../packages/plinth/src/openapi/fixtures/library-api.ts'

await using built = await libraryApi.build()
console.log(JSON.stringify({ current: openapiDocument(built, libraryOptions), v1: openapiDocument(built, libraryOptions, 'v1') }))
