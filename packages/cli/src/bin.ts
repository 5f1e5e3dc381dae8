#!/usr/bin/env node
import { main } from './main.ts'
import { processIo } from './io.ts'

for (const stream of [process.stdout, process.stderr]) {
  // `plinth routes | head` closes the pipe early, which is no failure of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}

// Not awaited: `start` resolves never, and Node calls an unfinished wait of a module's top level an error.
void main(process.argv.slice(2), processIo()).then((code) => {
  // An application that was only looked at may have left timers and sockets behind. What was written still has to leave.
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)))
})
