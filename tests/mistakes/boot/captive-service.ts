// Mistake: a service of the whole application keeps one that lives for one request.
import { app, service } from 'plinth'

const Basket = service('basket', () => ({ items: [] }), { scope: 'request' })
const Prices = service('prices', ({ use }) => ({ basket: use(Basket) })) // <- here

export default app().use(Prices)
