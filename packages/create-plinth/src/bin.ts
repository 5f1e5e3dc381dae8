#!/usr/bin/env node
import { ask } from './ask.ts'
import { main } from './main.ts'

const { stdin, stdout, stderr, env } = process
const there = stdin.isTTY && stderr.isTTY

process.exitCode = await main(process.argv.slice(2), {
  stdout,
  stderr,
  env,
  cwd: process.cwd(),
  ...(there && { ask: (question) => ask(question, stdin, stderr) }),
})
