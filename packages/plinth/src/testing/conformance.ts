export { type PubSubBench, pubSubConformance } from './pub-sub-conformance.ts'
export { rateStoreConformance } from './rate-store-conformance.ts'
export { routerConformance } from './router-conformance.ts'
export { askAt, type Served, transportConformance } from './transport-conformance.ts'
