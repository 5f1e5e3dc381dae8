import { describe, expect, test } from 'vitest'
import type { CommandSpec } from './command.ts'
import { portOf, readArgs } from './read-args.ts'

const spec: CommandSpec = {
  name: 'serve',
  summary: 'Serve it.',
  positional: { name: 'entry', about: 'What' },
  options: { port: { type: 'string', short: 'p', value: '<port>', about: 'Where' }, json: { type: 'boolean', about: 'How' } },
  examples: [],
}

describe('reading arguments', () => {
  test.each([
    [['a.ts', '--port', '1', '--json'], { positional: 'a.ts', port: '1', json: true }],
    [['--port=1', 'a.ts'], { positional: 'a.ts', port: '1', json: false }],
    [['-p', '1'], { positional: undefined, port: '1', json: false }],
    [['-p1'], { positional: undefined, port: '1', json: false }],
    [['--', '--json'], { positional: '--json', port: undefined, json: false }],
    [['--port=-1'], { positional: undefined, port: '-1', json: false }],
  ])('%j', (argv, expected) => {
    const args = readArgs(spec, argv)
    expect({ positional: args.positional, port: args.text('port'), json: args.flag('json') }).toEqual(expected)
  })

  test.each([
    [['--prot', '1'], "'plinth serve' has no option --prot; did you mean --port?"],
    [['--constructor'], "'plinth serve' has no option --constructor"],
    [['-x'], "'plinth serve' has no option -x"],
    [['--port'], '--port needs a value: --port <port>'],
    [['--port', '--json'], '--port needs a value: --port <port>'],
    [['--port='], '--port needs a value: --port <port>'],
    [['--json=yes'], '--json takes no value'],
    [['--json', '--json'], '--json is given twice'],
    [['a.ts', 'b.ts'], "'plinth serve' does not take 'b.ts'"],
  ])('%j is refused', (argv, message) => {
    expect(() => readArgs(spec, argv)).toThrow(message)
  })

  test('a command without a positional argument takes none', () => {
    const { positional: _, ...bare } = spec
    expect(() => readArgs(bare, ['a.ts'])).toThrow("'plinth serve' does not take 'a.ts'")
  })

  test('an option without a name for its value is told what it needs', () => {
    const plain: CommandSpec = { ...spec, options: { out: { type: 'string', about: 'Where' } } }
    expect(() => readArgs(plain, ['--out'])).toThrow('--out needs a value: --out <value>')
    expect(readArgs(plain, ['--help']).text('help')).toBeUndefined()
  })
})

describe('a port', () => {
  test.each([
    ['0', 0],
    ['8080', 8080],
    ['65535', 65_535],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (text, port) => expect(portOf(text, 'PORT')).toBe(port))

  test.each(['65536', '-1', '80a', '1e3', ' 80', '0x50'])('%s is none', (text) => {
    expect(() => portOf(text, '--port')).toThrow(`--port is '${text}': a port is a number from 0 to 65535`)
  })
})
