import { app, file, t } from 'plinth'
import { Gaps } from './gaps.ts'
import { Measured } from './measured.ts'
import { caveats, page } from './page.ts'
import { MOST, rank, type Weights, type Wish } from './rank.ts'
import { criteria, type Criterion, type Language, languages, systems } from './systems.ts'

const names = Object.keys(criteria) as [Criterion, ...Criterion[]]
const Weight = t.Integer({ minimum: 0, maximum: MOST, default: 3 })
const fields = {
  speed: Weight,
  ecosystem: Weight,
  language: Weight,
  realtime: Weight,
  batteries: Weight,
  serverless: Weight,
  edge: Weight,
  types: Weight,
  upkeep: Weight,
  team: t.Enum(['any', ...(Object.keys(languages) as Language[])], { default: 'any' }),
  only: t.Boolean({ default: false }),
}
/** A program that misspells a criterion is told; a link to the page may have gathered something on its way. */
const Asked = t.Object(fields, { additionalProperties: false })

const Fact = t.Object({ text: t.String(), source: t.String(), date: t.PlainDate() })
const Reason = t.Object({ criterion: t.Enum(names), rating: t.Number(), average: t.Number(), points: t.Number() })
const Place = t.Object({
  place: t.Integer(),
  id: t.String(),
  name: t.String(),
  fit: t.Number(),
  reasons: t.Array(Reason),
  facts: t.Array(Fact),
})
const Advice = t.Object({ note: t.String(), places: t.Array(Place), whenNotPlinth: t.Array(t.String()) }, { $id: 'Advice' })

const wish = ({ team, only, ...weights }: Weights & Omit<Wish, 'weights'>): Wish => ({ weights, team, only })
const rounded = (value: number): number => Math.round(value * 10) / 10

export default app({ name: 'Compass', openapi: { docs: true, version: '1.0.0', description: 'Which backend system fits.' } })
  .use(Measured)
  .use(Gaps)
  .get('/', { query: t.Object(fields), hidden: true }, ({ query, use }) => page(wish(query), use(Measured), use(Gaps)))
  .get('/page.css', { hidden: true }, () => file('page.css', { root: import.meta.dirname, cache: 'no-cache' }))
  .get('/advice', { summary: 'Rank the systems by your weights', query: Asked, reply: { 200: Advice } }, ({ query, use }) => ({
    note: 'Ratings, and so every fit, are opinion; facts have a source and the day on which it was read.',
    places: rank(systems, wish(query)).map(({ place, system, fit, reasons }) => ({
      place,
      id: system.id,
      name: system.name,
      fit: rounded(fit),
      reasons: reasons.map((it) => ({ ...it, average: rounded(it.average), points: rounded(it.points) })),
      facts: [...system.facts],
    })),
    whenNotPlinth: [...caveats, ...(use(Gaps) ?? [])],
  }))
