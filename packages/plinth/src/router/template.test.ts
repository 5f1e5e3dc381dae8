import { describe, expect, test } from 'vitest'
import { expand, parseTemplate, TemplateError } from './index.ts'

describe('parseTemplate', () => {
  test('takes a template apart', () => {
    expect(parseTemplate('/users/:id/x:y/:part?/*rest')).toEqual({
      source: '/users/:id/x:y/:part?/*rest',
      segments: [
        { kind: 'static', text: 'users' },
        { kind: 'param', name: 'id', optional: false },
        { kind: 'static', text: 'x:y' },
        { kind: 'param', name: 'part', optional: true },
        { kind: 'wildcard', name: 'rest' },
      ],
      names: ['id', 'part', 'rest'],
      wildcard: true,
    })
  })

  test('the root and a trailing slash are empty segments', () => {
    expect(parseTemplate('/')).toMatchObject({ segments: [{ kind: 'static', text: '' }], names: [], wildcard: false })
    expect(parseTemplate('/a/').segments).toEqual([
      { kind: 'static', text: 'a' },
      { kind: 'static', text: '' },
    ])
  })

  test('a wildcard without a name is called *', () => {
    expect(parseTemplate('/*')).toMatchObject({ names: ['*'], wildcard: true })
  })

  test('an error says which template, why, and what would be right', () => {
    try {
      parseTemplate('/users/{id}')
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(TemplateError)
      expect(error).toMatchObject({
        name: 'TemplateError',
        template: '/users/{id}',
        message: 'Template "/users/{id}": the segment "{id}" has a "{": a parameter is written "/:name"',
      })
    }
  })

  test('a huge template is cut in the message', () => {
    expect(() => parseTemplate('/a'.repeat(100_000))).toThrow(/^Template "(\/a){30}…": it has 100000 segments/)
  })
})

describe('expand', () => {
  const shapes = (template: string): readonly string[] => expand(parseTemplate(template)).map((one) => one.shape)

  test('a template without optional parameters is one path', () => {
    expect(expand(parseTemplate('/a/:x/*'))).toEqual([
      { segments: parseTemplate('/a/:x/*').segments, shape: '/a/:/*', fixed: false, captures: [0, 1] },
    ])
    expect(expand(parseTemplate('/a'))).toMatchObject([{ shape: '/a', fixed: true, captures: [] }])
  })

  test('an optional parameter gives two, the longer first', () => {
    expect(expand(parseTemplate('/:a/:b?/c/:d'))).toMatchObject([
      { shape: '/:/:/c/:', captures: [0, 1, 2] },
      { shape: '/:/c/:', captures: [0, -1, 1] },
    ])
  })

  test('of those that look alike the leftmost parameters are kept', () => {
    expect(expand(parseTemplate('/:a?/:b?/:c?'))).toMatchObject([
      { shape: '/:/:/:', captures: [0, 1, 2] },
      { shape: '/:/:', captures: [0, 1, -1] },
      { shape: '/:', captures: [0, -1, -1] },
      { shape: '/', fixed: true, captures: [-1, -1, -1] },
    ])
  })

  test('apart from each other they multiply', () => {
    expect(shapes('/:a?/x/:b?')).toEqual(['/:/x/:', '/:/x', '/x/:', '/x'])
    expect(shapes('/:a?/1/:b?/2/:c?/3/:d?/4/:e?/5/:f?')).toHaveLength(64)
  })

  test('a static segment that looks like a shape cannot be written, so shapes do not collide', () => {
    expect(() => parseTemplate('/:')).toThrow(TemplateError)
    expect(shapes('/*')).toEqual(['/*'])
    expect(() => parseTemplate('/x*')).toThrow(TemplateError)
  })
})
