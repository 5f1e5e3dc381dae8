import { testApp } from 'plinth/testing'
import { expect, test } from 'vitest'
import application from './app.ts'
import { Gaps } from './gaps.ts'
import { Measured } from './measured.ts'
import { caveats } from './page.ts'
import { systems } from './systems.ts'

const page = async (path: string = '/'): Promise<string> => {
  await using api = await testApp(application)
  const answer = await api.fetch(path)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  return await answer.text()
}

test('the page shows each system, with its facts, their sources, and when not to take Plinth', async () => {
  const text = await page()
  for (const { id, name, facts } of systems) {
    expect(text).toContain(`<li class="card" id="${id}">`)
    expect(text).toContain(name)
    for (const { source, date } of facts) {
      expect(text).toContain(source)
      expect(text).toContain(`<time datetime="${date}">`)
    }
  }
  for (const caveat of caveats) expect(text).toContain(caveat)
})

test('nothing on the page needs what its policy forbids', async () => {
  await using api = await testApp(application)
  const answer = await api.fetch('/?speed=5')
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'self'")
  expect(await answer.text()).not.toMatch(/<script|<style|\sstyle=|\son\w+=/)
  const css = await api.fetch('/page.css')
  expect([css.status, css.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8'])
})

test('each slider has a label and keeps the weight that was asked for', async () => {
  const text = await page('/?speed=5&edge=0&team=go&only=1')
  const sliders = [...text.matchAll(/type="range" id="(\w+)" name="\1" .*?value="(\d)"/g)].map(([, id, value]) => [id, value])
  expect(sliders).toHaveLength(9)
  for (const [id] of sliders) expect(text).toContain(`<label for="${id}">`)
  expect(Object.fromEntries(sliders)).toMatchObject({ speed: '5', edge: '0', upkeep: '3' })
  expect(text).toContain('<option value="go" selected>')
  expect(text).toMatch(/name="only" value="1" checked/)
})

test('the JSON has the order of the page, which the weights decide', async () => {
  await using api = await testApp(application)
  const tops = new Set<string | undefined>()
  for (const query of ['', '?realtime=5&edge=0&serverless=0', '?edge=5&batteries=0&upkeep=0', '?team=python&language=5&only=1']) {
    const advice = (await (await api.fetch(`/advice${query}`)).json()) as { places: { id: string; place: number; reasons: object[] }[] }
    const order = [...(await page(`/${query}`)).matchAll(/<li class="card" id="(\w+)">/g)].map(([, id]) => id)
    expect(advice.places.map((it) => it.id)).toEqual(order)
    tops.add(order[0])
  }
  expect(tops.size).toBeGreaterThan(2)
})

test('a weight that is out of range, no number, or of no criterion is refused by its name', async () => {
  await using api = await testApp(application)
  for (const path of ['/', '/advice']) {
    const answer = await api.fetch(`${path}?speed=6&edge=-1&types=much&upkeep=2.5&team=cobol`)
    const { issues } = (await answer.json()) as { issues: { location: string; pointer: string; message: string }[] }
    expect([path, answer.status, issues.map((it) => it.pointer).sort()]).toEqual([
      path,
      422,
      ['/edge', '/speed', '/team', '/types', '/upkeep'],
    ])
    expect(issues.find((it) => it.pointer === '/speed')).toMatchObject({ location: 'query', message: 'must be at most 5' })
  }
  const misspelt = await api.fetch('/advice?sped=5')
  expect([misspelt.status, await misspelt.text()]).toEqual([422, expect.stringContaining('/sped')])
  expect((await api.fetch('/?utm_source=letter')).status).toBe(200)
})

test('a language that nothing is left for, and weights that are all 0, are told', async () => {
  const zero = 'speed=0&ecosystem=0&language=0&realtime=0&batteries=0&serverless=0&edge=0&types=0&upkeep=0'
  expect(await page(`/?${zero}`)).toContain('Nothing has a weight, so everything ties.')
  expect(await page('/?team=elixir&only=1')).toContain('<p class="name">Phoenix')
})

test('figures are shown with their day and Node, and whatever stands in a file is text', async () => {
  const figures = [{ shape: 'hello', contender: '<script>"Quick"</script>', micros: 12.34 }]
  const fake = { found: true, file: 'http-1.json', at: '2026-02-01T00:00:00Z', node: '20.1.0', figures } as const
  await using api = await testApp(application, { replace: [Measured.with(fake), Gaps.with(['<b>bold</b>'])] })
  const text = await (await api.fetch('/')).text()
  expect(text).toContain('medians of one run, 2026-02-01, Node 20.1.0')
  expect(text).toContain('<th scope="col">&lt;script&gt;&quot;Quick&quot;&lt;/script&gt;</th>')
  expect(text).toContain('<td>12.3</td>')
  expect(text).toContain('<li>&lt;b&gt;bold&lt;/b&gt;</li>')
  expect(text).not.toMatch(/<script|<b>bold/)
})

test('without figures and without the page of what is missing it works, and says so', async () => {
  await using api = await testApp(application, {
    replace: [Measured.with({ found: false, why: 'nothing was measured here' }), Gaps.with(undefined)],
  })
  const text = await (await api.fetch('/')).text()
  expect(text).toContain('There are no figures to show: nothing was measured here.')
  expect(text).toContain('which could not be read here')
  expect(text).toContain(caveats[0])
  expect((await api.fetch('/advice')).status).toBe(200)
})

test('it is documented where it is served for real', async () => {
  await using running = await application.listen(0, { mode: 'production', hostname: '127.0.0.1' })
  expect((await fetch(`${running.url}/docs`)).status).toBe(200)
  const document = (await (await fetch(`${running.url}/openapi.json`)).json()) as {
    paths: Record<string, { get: { parameters: object[] } }>
  }
  expect(Object.keys(document.paths)).toEqual(['/advice'])
  expect(document.paths['/advice']?.get.parameters).toHaveLength(11)
})
