export { nodeHandler, type NodeHandler, type NodeHandlerOptions } from './node-handler.ts'
export { nodeHttp } from '../node/http-transport.ts'
