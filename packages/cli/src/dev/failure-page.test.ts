import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { failurePage, failureProblem, pageHeaders, wantsPage } from './failure-page.ts'

const failure = {
  title: 'No <title>',
  troubles: [
    {
      message: '<script>alert(1)</script>',
      fix: `"quote" & 'quote'`,
      code: '<c>',
      at: '<a>.ts:1:1',
      through: ['<b>.ts:1:1'],
      frame: { line: 1, column: 1, lines: [{ number: 1, text: '<img src=x onerror=alert(1)>' }] },
    },
    { message: 'second' },
  ],
}

test('everything is escaped, and nothing but the style sheet may take effect', () => {
  const page = failurePage(failure, '<foot>')
  const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? ''
  const policy = pageHeaders[pageHeaders.indexOf('content-security-policy') + 1]
  expect(policy).toBe(
    `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  )
  expect(page).not.toMatch(/<(?:script|img|a|b|c|foot)>|<img|style=|"quote"/)
  for (const it of [
    '&lt;script&gt;',
    '&quot;quote&quot; &amp; &#39;quote&#39;',
    '&lt;a&gt;.ts',
    '&lt;b&gt;.ts',
    '&lt;img src=x',
    '&lt;foot&gt;',
    'second',
  ]) {
    expect(page).toContain(it)
  }
})

test('programs get a problem', () => {
  expect(JSON.parse(failureProblem(failure))).toMatchObject({
    status: 500,
    code: 'boot-failed',
    problems: [{ at: '<a>.ts:1:1' }, { message: 'second' }],
  })
})

test.each([
  ['text/html,application/xhtml+xml,*/*;q=0.8', true],
  ['text/html', true],
  ['application/json, text/html', false],
  ['application/problem+json', false],
  ['text/html, application/json', true],
  ['*/*', false],
  [undefined, false],
])('%s wants a page: %s', (accept, expected) => expect(wantsPage(accept)).toBe(expected))
