import { app, t } from 'plinth'
import { Settings } from './settings.ts'

const Greeting = t.Object({ message: t.String(), at: t.Date() })

export default app({ name: '{{name}}' })
  .use(Settings)
  .get('/', { summary: 'Say that it works' }, () => 'It works')
  .get(
    '/hello/:name',
    {
      summary: 'Greet somebody',
      params: t.Object({ name: t.String({ maxLength: 50 }) }),
      reply: { 200: Greeting },
    },
    ({ params, use }) => ({ message: `${use(Settings).greeting} ${params.name}`, at: new Date() }),
  )
