import { setMaxListeners } from 'node:events'
import { parentPort } from 'node:worker_threads'
import { Format } from 'typebox/format'

// The sources are evaluated for each test file, TypeBox once for all: formats that an earlier file set would answer for missing ones.
Format.Reset()
// Vitest begins each run with a listener more on the kept thread.
if (parentPort !== null) setMaxListeners(0, parentPort)
