import { t } from 'plinth'
import { config } from 'plinth/config'

/** From the environment or `.env`: SHOP_NAME, COOKIE_SECRET, STAFF_TOKEN. */
export const Settings = config(
  t.Object({
    shopName: t.String({ default: 'The corner bookshop' }),
    cookieSecret: t.String({ minLength: 32, writeOnly: true }),
    staffToken: t.String({ minLength: 12, writeOnly: true }),
  }),
)
