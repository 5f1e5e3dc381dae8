import { expect, test } from 'vitest'
import { type MediaType, mediaTypeName, parseMediaType } from './media-type.ts'

const plan = (more: object = {}): object => ({ kind: 'plan', format: 'text', for: { kind: 'json' }, options: [], ...more })

test.each([
  ['application/json', { kind: 'json' }],
  ['Application/JSON ; charset=utf-8', { kind: 'json' }],
  ['text/csv; version=1', { kind: 'csv' }],
  ['application/geo+json', { kind: 'geojson' }],
  ['application/openapi+json', { kind: 'openapi' }],
  ['application/x-www-form-urlencoded', { kind: 'form' }],
  ['text/plain', { kind: 'text' }],
  ['text/xml', { kind: 'xml' }],
  ['application/octet-stream', { kind: 'binary' }],
  ['application/vnd.pgrst.object', { kind: 'object', nullsStripped: false }],
  ['application/vnd.pgrst.object+json;nulls=stripped', { kind: 'object', nullsStripped: true }],
  ['application/vnd.pgrst.object+json; Nulls="stripped"', { kind: 'object', nullsStripped: true }],
  ['application/vnd.pgrst.object+json;nulls=kept', { kind: 'object', nullsStripped: false }],
  ['application/vnd.pgrst.array;nulls=stripped', { kind: 'array', nullsStripped: true }],
  ['application/vnd.pgrst.array+json', { kind: 'json' }],
  ['application/vnd.pgrst.plan', plan()],
  ['application/vnd.pgrst.plan+text; for="text/csv"', plan({ for: { kind: 'csv' } })],
  [
    'application/vnd.pgrst.plan+json; for="application/vnd.pgrst.object;nulls=stripped"; options=analyze|verbose|analyze|fast',
    plan({ format: 'json', for: { kind: 'object', nullsStripped: true }, options: ['analyze', 'verbose'] }),
  ],
  ['application/vnd.pgrst.plan; for="application/vnd.pgrst.plan"', plan()],
  [String.raw`application/vnd.pgrst.plan; for="text\/csv"`, plan({ for: { kind: 'csv' } })],
  ['application/vnd.pgrst.plan; for=text/csv; quoted="a;b', plan({ for: { kind: 'csv' } })],
  ['text/HTML', { kind: 'other', essence: 'text/html' }],
  ['undefined', { kind: 'other', essence: 'undefined' }],
  ['', { kind: 'other', essence: '' }],
])('%j is read', (text, media) => {
  expect(parseMediaType(text)).toEqual(media)
})

test.each([
  ['application/json', 'application/json'],
  ['text/csv', 'text/csv'],
  ['application/vnd.pgrst.array;nulls=stripped', 'application/vnd.pgrst.array+json;nulls=stripped'],
  ['application/vnd.pgrst.object', 'application/vnd.pgrst.object+json'],
  ['application/vnd.pgrst.plan', 'application/vnd.pgrst.plan+text; for="application/json"'],
  [
    'application/vnd.pgrst.plan+json;for="text/csv";options=wal|buffers',
    'application/vnd.pgrst.plan+json; for="text/csv"; options=wal|buffers',
  ],
  ['Image/PNG', 'image/png'],
])('%j is called %j', (text, name) => {
  expect(mediaTypeName(parseMediaType(text))).toBe(name)
})

test('a type that there is not has no name', () => {
  expect(() => mediaTypeName({ kind: 'nothing' } as unknown as MediaType)).toThrow('there is no media type nothing')
})
