import { createHash } from 'node:crypto'
import type { Failure, Trouble } from '../failure.ts'
import { frameText } from '../frame.ts'

const style = `:root{color-scheme:light dark;--line:#8885;--bad:#c0262d;--soft:#6b7280}
@media(prefers-color-scheme:dark){:root{--bad:#ff7b82;--soft:#9aa3af}}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1.5rem}
h1{font-size:1.4rem;color:var(--bad)}
section{border-top:1px solid var(--line);padding:1rem 0}
h2{font-size:1.05rem;white-space:pre-wrap;overflow-wrap:anywhere;margin:.2rem 0}
p{margin:.4rem 0;overflow-wrap:anywhere}
pre{font:13px/1.6 ui-monospace,monospace;border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow-x:auto}
code{font:13px ui-monospace,monospace}
footer,dt{color:var(--soft)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem .8rem}dd{margin:0;white-space:pre-wrap;overflow-wrap:anywhere}`

/** Nothing loads and nothing runs, except this one style sheet: what a page quotes may come from anywhere. */
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** Flat, as `writeHead` takes them. Only in development; a browser must neither keep nor guess it. */
export const pageHeaders: readonly string[] = [
  'content-type',
  'text/html; charset=utf-8',
  'content-security-policy',
  policy,
  'x-content-type-options',
  'nosniff',
  'referrer-policy',
  'no-referrer',
  'cache-control',
  'no-store',
]

const entities: { readonly [character: string]: string } = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (it) => entities[it] as string)
}

function section({ message, fix, code, at, frame, through = [] }: Trouble): string {
  const facts: string[] = []
  if (at !== undefined) facts.push(`<dt>at</dt><dd><code>${escaped([at, ...through].join('\n'))}</code></dd>`)
  if (fix !== undefined) facts.push(`<dt>fix</dt><dd>${escaped(fix)}</dd>`)
  if (code !== undefined) facts.push(`<dt>code</dt><dd><code>${escaped(code)}</code></dd>`)
  return `<section>
<h2>${escaped(message)}</h2>
${frame === undefined ? '' : `<pre>${escaped(frameText(frame))}</pre>\n`}${facts.length === 0 ? '' : `<dl>${facts.join('\n')}</dl>`}
</section>`
}

/** A failure as a browser shows it: no script, nothing from elsewhere, every value escaped. */
export function failurePage({ title, troubles }: Failure, foot: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<h1>${escaped(title)}</h1>
${troubles.map(section).join('\n')}
<footer><p>${escaped(foot)}</p></footer>
</body>
</html>
`
}

/** Whether somebody wants to read it: HTML named before or instead of JSON. */
export function wantsPage(accept: string | undefined): boolean {
  if (accept === undefined) return false
  const page = accept.indexOf('text/html')
  const json = accept.search(/application\/(?:\w+\+)?json/)
  return page !== -1 && (json === -1 || page < json)
}

/** For programs: RFC 9457, with every trouble. */
export function failureProblem({ title, troubles }: Failure): string {
  return JSON.stringify({
    type: 'urn:problem-type:boot-failed',
    title,
    status: 500,
    code: 'boot-failed',
    detail: troubles.map((it) => it.message).join('\n'),
    problems: troubles.map(({ message, fix, code, at }) => ({ message, fix, code, at })),
  })
}
