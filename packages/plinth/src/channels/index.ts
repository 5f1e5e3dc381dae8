export { encodeMessage, type Heard, Hearers, MemoryPubSub, PubSub } from './pub-sub.ts'
