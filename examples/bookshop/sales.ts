import { EventEmitter, on } from 'node:events'
import { service } from 'plinth'

export interface Sale {
  readonly title: string
  readonly copies: number
  readonly buyer: string
}

/** Tells whoever listens what is being sold. */
export const Sales = service('sales', () => {
  const emitter = new EventEmitter()
  return {
    tell: (sale: Sale) => void emitter.emit('sale', sale),
    /** Ends when `signal` aborts: when the one who listens has gone. */
    async *listen(signal: AbortSignal): AsyncGenerator<Sale> {
      for await (const [sale] of on(emitter, 'sale', { signal })) yield sale as Sale
    },
  }
})
