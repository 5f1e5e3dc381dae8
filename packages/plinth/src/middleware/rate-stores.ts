import { service, type Service } from '../app/index.ts'
import { MemoryRateStore } from './memory-rate-store.ts'
import type { RateStore } from './rate-store.ts'

/** Gives the store of a limit that names none. `limiter` tells the limits of an application apart, in all its processes alike. */
export type RateStores = (limiter: string) => RateStore

/** One in memory for each limit, so that who floods one makes no other forget. `plinth start --workers` lets all workers count together. */
export const RateStores: Service<RateStores> = service('rate stores', (): RateStores => {
  const stores = new Map<string, RateStore>()
  return (limiter) => {
    let store = stores.get(limiter)
    if (store === undefined) stores.set(limiter, (store = new MemoryRateStore()))
    return store
  }
})
