import { service, type Service } from '../app/index.ts'

/** Why a request was refused: the process was late, or too many were being answered already. */
export type ShedReason = 'delay' | 'in_flight'

/** What `loadShedding` has done so far; metrics read it. */
export interface LoadCounts {
  readonly refused: { [R in ShedReason]: number }
}

export const LoadCounts: Service<LoadCounts> = service('load-counts', (): LoadCounts => ({ refused: { delay: 0, in_flight: 0 } }))
