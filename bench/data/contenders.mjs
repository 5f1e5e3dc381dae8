import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { plinthBuilt } from '../lib/peers.mjs'

const node = (name, ...args) => [process.execPath, fileURLToPath(new URL(`servers/${name}.mjs`, import.meta.url)), ...args]

function dataBuilt() {
  if (plinthBuilt() !== true) return plinthBuilt()
  return (
    existsSync(new URL('../../packages/data/dist/index.js', import.meta.url)) || 'packages/data/dist is missing; run `npm run build` first'
  )
}

const handwritten = ['db', 'queries', 'fortunes', 'updates']

/** Who takes part; `grammar`: whether lists are asked in PostgREST's; `only` as in http/contenders.mjs. */
export const contenders = [
  { name: 'plinth', title: 'Plinth', grammar: true, available: dataBuilt, command: node('plinth') },
  {
    name: 'plinth-drizzle',
    title: 'Plinth, Drizzle prepared',
    only: handwritten,
    available: dataBuilt,
    command: node('plinth', 'drizzle'),
  },
  { name: 'fastify-pg', title: 'Fastify + pg, prepared', available: () => true, command: node('fastify-pg') },
  { name: 'fastify-drizzle', title: 'Fastify + Drizzle', available: () => true, command: node('fastify-drizzle') },
  {
    name: 'fastify-drizzle-prepared',
    title: 'Fastify + Drizzle, prepared',
    available: () => true,
    command: node('fastify-drizzle', 'prepared'),
  },
  { name: 'nest-typeorm', title: 'NestJS + TypeORM', available: () => true, command: node('nest-typeorm') },
]
