// Mistake: two services that need each other.
import { app, service, type Service } from 'plinth'

interface Ledger {
  readonly total: number
}
const Invoices: Service<Ledger> = service('invoices', ({ use }): Ledger => ({ total: use(Payments).total })) // <- here
const Payments: Service<Ledger> = service('payments', ({ use }): Ledger => ({ total: use(Invoices).total }))

export default app()
  .use(Invoices)
  .get('/', ({ use }) => ({ total: use(Payments).total }))
