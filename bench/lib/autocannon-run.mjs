import { readFileSync } from 'node:fs'
import autocannon from 'autocannon'

const result = await autocannon(JSON.parse(readFileSync(process.argv[2], 'utf8')))
console.log(JSON.stringify({ '2xx': result['2xx'], non2xx: result.non2xx, errors: result.errors }))
