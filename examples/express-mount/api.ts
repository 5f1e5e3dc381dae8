import { app, t } from 'plinth'

const Quote = t.Object({ sku: t.String(), copies: t.Integer(), total: t.Decimal() })

/** What moved to Plinth first; its paths know nothing of where it is mounted. */
export default app({ name: 'Quotes' }).post(
  '/quotes',
  {
    summary: 'What so many copies cost',
    body: t.Object({ sku: t.String({ pattern: '^[a-z]+-\\d+$' }), copies: t.Integer({ minimum: 1, maximum: 1_000 }) }),
    reply: { 201: Quote },
  },
  ({ body }) => ({ ...body, total: ((body.copies * 1_250) / 100).toFixed(2) }),
)
