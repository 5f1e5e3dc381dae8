import { expect, test } from 'vitest'
import { core, type Logger } from '../app/index.ts'
import { pubSubConformance } from '../testing/pub-sub-conformance.ts'
import { MemoryPubSub, PubSub } from './pub-sub.ts'

const nothing = (): void => {}
const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => silent }

pubSubConformance('MemoryPubSub', () => {
  const one = new MemoryPubSub(silent)
  return { one, other: one }
})

test('an application has one without asking for it, and a test may stand in for it', async () => {
  const api = core().post('/', ({ use }) => {
    use(PubSub).publish('t', 1)
    return 'ok'
  })
  const published: unknown[] = []
  const replace = [PubSub.with({ publish: (...it) => void published.push(it), subscribe: () => ({ [Symbol.dispose]: nothing }) })]
  const built = await api.build({ replace })
  await built.fetch(new Request('http://a.example/', { method: 'POST' }))
  expect(published).toEqual([['t', 1]])
  await built.close()
})
