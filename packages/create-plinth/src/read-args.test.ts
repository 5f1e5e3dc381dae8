import { expect, test } from 'vitest'
import { readArgs } from './read-args.ts'

test('name, values and flags, in any order', () => {
  const args = readArgs(['--variant', 'data', 'my-app', '-y', '--package-manager=pnpm'])
  expect([args.positional, args.text('variant'), args.flag('yes'), args.text('package-manager'), args.flag('no-install')]).toEqual([
    'my-app',
    'data',
    true,
    'pnpm',
    false,
  ])
  expect([args.text('yes'), readArgs([]).positional]).toEqual([undefined, undefined])
})

test.each([
  [['--varient', 'data'], 'create-plinth has no option --varient; did you mean --variant?'],
  [['--noinstall'], 'did you mean --no-install?'],
  [['--package'], 'did you mean --package-manager?'],
  [['--xyzzy'], 'create-plinth has no option --xyzzy'],
  [['-q'], 'create-plinth has no option -q'],
  [['--constructor'], 'create-plinth has no option --constructor'],
  [['--variant'], '--variant needs a value: --variant <name>'],
  [['--variant', '--yes'], '--variant needs a value'],
  [['--variant='], '--variant needs a value'],
  [['--yes=no'], '--yes takes no value'],
  [['-y', '--yes'], '--yes is given twice'],
  [['my', 'app'], "create-plinth takes one name; 'app' is a second"],
])('%j is refused', (argv, message) => {
  expect(() => readArgs(argv)).toThrow(message)
})
