import { describe, expect, test } from 'vitest'
import { parseEnvFile } from './env-file.ts'

function values(text: string): { [name: string]: string } {
  const { entries, faults } = parseEnvFile(text)
  expect(faults).toEqual([])
  return Object.fromEntries([...entries.values()].map(({ name, value }) => [name, value]))
}
const faults = (text: string): string[] => parseEnvFile(text).faults.map(({ line, message }) => `${line}: ${message}`)

describe('an .env file', () => {
  test('has names and values, comments and empty lines', () => {
    expect(values('\uFEFF# first\n\nA=1\r\n  B = two words  \nexport C=3 # three\nD=a#b\nE=\nF=#nothing\n\tG\t=\tx')).toEqual({
      A: '1',
      B: 'two words',
      C: '3',
      D: 'a#b',
      E: '',
      F: '',
      G: 'x',
    })
  })

  test('says in which line each stands', () => {
    expect([...parseEnvFile('# x\nA="1\n2"\nB=2').entries.values()]).toMatchObject([
      { name: 'A', line: 2 },
      { name: 'B', line: 4 },
    ])
  })

  test('leaves single quotes as they stand and reads escapes in double ones', () => {
    expect(values(String.raw`A='a\n"b" $HOME # no'` + '\n' + String.raw`B="a\n\t\r\"\\\$HOME # in" # out`)).toEqual({
      A: String.raw`a\n"b" $HOME # no`,
      B: 'a\n\t\r"\\$HOME # in',
    })
  })

  test('has double quotes over several lines', () => {
    expect(values('KEY="-----BEGIN-----\nabc=\n-----END-----"\nB=1')).toEqual({ KEY: '-----BEGIN-----\nabc=\n-----END-----', B: '1' })
  })

  test('interpolates nothing', () => {
    expect(values('A=$HOME\nB=${A}\nC="$(id)"')).toEqual({ A: '$HOME', B: '${A}', C: '$(id)' })
  })

  test('has no names that change objects', () => {
    expect(parseEnvFile('__proto__=1').entries.get('__proto__')?.value).toBe('1')
  })
})

describe('what another reader might guess at is a fault, with its line', () => {
  test('and all of them are told at once, without a value', () => {
    const text = [
      'OK=1',
      's3cr3t',
      'NAME',
      '1A=s3cr3t',
      'A B=s3cr3t',
      '=s3cr3t',
      'OK=s3cr3t',
      'T=`s3cr3t`',
      "Q='s3cr3t",
      'R="s3cr3t" s3cr3t',
      'Z=a\0b',
      'LAST=1',
    ].join('\n')
    const told = faults(text)
    expect(told).toEqual([
      "2: s3cr3t has no '='",
      "3: NAME has no '='",
      "4: what stands before '=' is no name",
      "5: what stands before '=' is no name",
      "6: what stands before '=' is no name",
      '7: OK stands already in line 1',
      '8: T begins with a backtick, which is no quote here',
      "9: Q has an opening ' without a closing one in its line",
      '10: R goes on after its closing quote',
      '11: Z holds a NUL character',
    ])
    expect([...parseEnvFile(text).entries.keys()]).toEqual(['OK', 'LAST'])
  })

  test('an unknown escape, whose further lines are not taken for entries', () => {
    expect(faults('A="C:\\users\nB=\\"2\nC=3" # x\nD=4')).toEqual(['1: A has a backslash before something that needs none'])
    expect([...parseEnvFile('A="C:\\users\nB=\\"2\nC=3" # x\nD=4').entries.keys()]).toEqual(['D'])
    expect(faults('A="\\x')).toEqual(['1: A has a backslash before something that needs none'])
    expect(faults('A="ends with \\')).toEqual(['1: A has a backslash before something that needs none'])
  })

  test('a double quote that is never closed', () => {
    expect(faults('X=1\nA="open\nB=2\n')).toEqual(['2: A has an opening " that is never closed'])
  })

  test('a line without = that is no name says nothing of itself', () => {
    expect(faults('pass word s3cr3t')).toEqual(["1: there is no '='"])
  })
})

test('any text is read without an exception, and what was written is read again', () => {
  const seed = Math.floor(Math.random() * 2 ** 31)
  let state = seed
  const random = (below: number): number => (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) % below
  const alphabet = ['A', 'b', '_', '1', '=', '"', "'", '\\', '\n', '\r', '#', ' ', '$', '`', 'n', 'é', '\u2028', '\0']
  for (let round = 0; round < 2_000; round++) {
    const text = Array.from({ length: random(30) }, () => alphabet[random(alphabet.length)]).join('')
    const { entries } = parseEnvFile(text)
    for (const { line } of entries.values()) expect(line, `seed ${seed}`).toBeGreaterThan(0)
    const value = text.replace(/\r\n?/g, '\n').replaceAll('\0', '')
    const written = `V="${value.replace(/[\\"$]/g, '\\$&')}"`
    expect(parseEnvFile(written).entries.get('V')?.value, `seed ${seed}: ${JSON.stringify(written)}`).toBe(value)
  }
})
