import type { Random } from '../random.ts'
import { seeds, words } from './seeds.ts'

/** The next input: a seed, often joined with another, with some bytes of it changed. One character a byte. */
export function nextInput(random: Random): string {
  let input = random.pick(seeds)
  if (random.one(4)) input += random.pick(seeds)
  if (random.one(8)) input = crossed(input, random.pick(seeds), random)
  const times = random.one(20) ? 0 : 1 + random.below(random.one(5) ? 8 : 3)
  for (let i = 0; i < times; i++) input = mutated(input, random)
  return input.slice(0, 40_000)
}

function crossed(one: string, other: string, random: Random): string {
  return one.slice(0, random.below(one.length)) + other.slice(random.below(other.length))
}

function mutated(input: string, random: Random): string {
  const at = random.below(input.length + 1)
  const [before, after] = [input.slice(0, at), input.slice(at)]
  switch (random.below(12)) {
    case 0:
    case 1:
    case 2:
      return before + random.pick(words) + after
    case 3:
      return before + random.pick(words) + after.slice(1)
    case 4:
      return before + String.fromCharCode(random.below(256)) + after.slice(1)
    case 5:
      return before + after.slice(1 + random.below(4))
    case 6:
      return before
    case 7:
      return withLine(input, random, (line) => line + line)
    case 8:
      return withLine(input, random, () => '')
    case 9:
      return withLine(input, random, (line) => line.toUpperCase())
    case 10:
      return input.replace(/\d+/, () => String(random.below(random.one(3) ? 100_000 : 12)))
    default:
      return before + random.pick(['a', 'X: y\r\n', ' ', '0', '%41', ';x=y']).repeat(1 + random.below(random.one(10) ? 9_000 : 130)) + after
  }
}

function withLine(input: string, random: Random, change: (line: string) => string): string {
  const lines = input.split(/(?<=\r\n)/)
  const at = random.below(lines.length)
  return [...lines.slice(0, at), change(lines[at] as string), ...lines.slice(at + 1)].join('')
}
