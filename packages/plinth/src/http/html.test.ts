import { expect, test } from 'vitest'
import { escapeHtml, Html, html, raw, type HtmlValue } from './html.ts'

const evil = `<script>alert("1" & '2')</script>`

test('values are escaped as text and in attributes', () => {
  expect(html`<p title="${evil}">${evil}</p>`.text).toBe(
    '<p title="&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;">&lt;script&gt;alert(&quot;1&quot; &amp; &#39;2&#39;)&lt;/script&gt;</p>',
  )
  expect(escapeHtml('nothing special')).toBe('nothing special')
  expect(escapeHtml('&amp;')).toBe('&amp;amp;')
})

test('nested html and arrays go in as they are; strings in arrays are escaped', () => {
  expect(html`<ul>${['<a>', 'b'].map((item) => html`<li>${item}</li>`)}</ul>`.text).toBe('<ul><li>&lt;a&gt;</li><li>b</li></ul>')
  expect(html`${['<', [html`<b>`, '>']]}`.text).toBe('&lt;<b>&gt;')
})

test('raw is not escaped', () => {
  expect(html`${raw('<br>')}`.text).toBe('<br>')
  expect(raw('x')).toBeInstanceOf(Html)
  expect(String(raw('<br>'))).toBe('<br>')
})

test('null, undefined and booleans show nothing; numbers show themselves', () => {
  expect(html`[${null}${undefined}${false}${true}]${0}${-1.5}${10n}`.text).toBe('[]0-1.510')
})

test('an object that only looks like Html is refused', () => {
  for (const value of [{ text: '<script>' }, {}, () => 'x', Symbol('x')]) {
    expect(() => html`${value as unknown as HtmlValue}`).toThrow(TypeError)
  }
})

test('the template itself is left alone, without values and around them', () => {
  expect(html`<!doctype html>`.text).toBe('<!doctype html>')
  expect(html`${'a'}${'b'}`.text).toBe('ab')
})
