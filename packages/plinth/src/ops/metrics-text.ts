import { service, type Service } from '../app/index.ts'
import type { MetricsFormat } from './metrics-registry.ts'

/** Gives what `/metrics` answers; `own` is what this process knows. */
export type MetricsText = (format: MetricsFormat, own: string) => string | Promise<string>

/** This process's own. `plinth start --workers` stands in for it, and lets every worker answer for all. */
export const MetricsText: Service<MetricsText> = service('metrics text', (): MetricsText => (_, own) => own)
