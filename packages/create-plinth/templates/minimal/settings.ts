import { t } from 'plinth'
import { config } from 'plinth/config'

/** From the environment, else from a .env file, else the default; checked when the application starts. GREETING is `greeting`. */
export const Settings = config(t.Object({ greeting: t.String({ minLength: 1, default: 'Hello' }) }), { name: 'settings' })
