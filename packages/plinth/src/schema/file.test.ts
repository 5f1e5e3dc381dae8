import { expect, test } from 'vitest'
import { FormFile } from '../http/form-file.ts'
import { inputCheck, jsonSchemaOf, replyEncoder, SchemaError } from './index.ts'
import * as t from './t.ts'
import type { Schema } from './types.ts'

function file(type: string, size: number = 1): FormFile {
  return new FormFile('avatar', 'me.png', type, new Uint8Array(size))
}

const Form = t.Object({
  title: t.String(),
  avatar: t.File({ maxSize: 1000, types: ['image/*', 'text/plain'] }),
  more: t.Optional(t.Array(t.File())),
})
const check = (value: unknown): unknown => inputCheck(Form, 'body', { form: true }).check(value)

test('a file passes as the object that the form read', () => {
  const avatar = file('Image/PNG; charset=x', 10)
  const more = file('application/pdf')
  const checked = check({ title: 'x', avatar, more }) as { value: { avatar: unknown; more: unknown[] } }
  expect(checked.value.avatar).toBe(avatar)
  expect(checked.value.more[0]).toBe(more)
  for (const fine of [file('text/plain'), file('IMAGE/png ; charset=x'), file('image/png', 1000)])
    expect(check({ title: 'x', avatar: fine })).toMatchObject({ ok: true })
})

test.each([
  ['text', 'must be a file'],
  [{ filename: 'x', type: 'y' }, 'must be a file'],
  [file('image/png', 1001), 'must not be larger than 1000 bytes'],
  [file('text/plainer'), 'must be of the type image/* or text/plain'],
  [file('imagery/png'), 'must be of the type image/* or text/plain'],
])('what is no file, too large or of another type is refused', (avatar, message) => {
  expect(check({ title: 'x', avatar })).toEqual({ ok: false, issues: [{ location: 'body', pointer: '/avatar', message }] })
})

test('OpenAPI shows bytes', () => {
  expect(jsonSchemaOf(Form, 'input')).toEqual({
    type: 'object',
    required: ['title', 'avatar'],
    properties: {
      title: { type: 'string' },
      avatar: { type: 'string', format: 'binary', maxLength: 1000 },
      more: { type: 'array', items: { type: 'string', format: 'binary' } },
    },
  })
  expect(jsonSchemaOf(t.Object({ a: t.File({ types: ['image/png'] }) }), 'input')).toMatchObject({
    properties: { a: { contentMediaType: 'image/png' } },
  })
})

test.each([
  ['in a field', Form],
  ['in an array', t.Array(t.File())],
  ['in a tuple', t.Tuple([t.String(), t.File()])],
  ['in a union', t.Union([t.Null(), t.File()])],
  ['in an intersection', t.Intersect([t.Object({}), t.Object({ a: t.File() })])],
  ['in a record', t.Record(t.String(), t.File())],
  ['in what else an object has', t.Object({}, { additionalProperties: t.File() })],
  ['behind a name', t.Object({ a: t.Cyclic({ Node: t.Object({ file: t.File() }) }, 'Node') })],
])('no reply can hold one: %s', (_where, schema) => {
  const message = 't.File() can stand only in the body of a form; a reply sends files with file(path)'
  expect(() => replyEncoder(schema as Schema)).toThrow(new SchemaError(message))
})
