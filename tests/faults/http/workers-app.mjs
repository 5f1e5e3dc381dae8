// What `plinth start --workers` serves: it says whose answer it is, and some of them take a while.
import { setTimeout as wait } from 'node:timers/promises'
import { app, t } from 'plinth'

const who = () => ({ pid: process.pid, worker: process.env.PLINTH_WORKER })

export default app()
  .get('/', who)
  .get('/slow', async () => {
    await wait(200)
    return who()
  })
  .post('/text', { body: t.Object({ text: t.String() }) }, ({ body }) => ({ ...who(), length: body.text.length }))
