export { openapiDocument } from './document.ts'
export { openapi } from './openapi-module.ts'
export type { Access, DocumentOptions, OpenapiDocument, OpenapiOptions, OpenapiServer, SecurityScheme } from './types.ts'
