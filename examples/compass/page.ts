import { html, type Html } from 'plinth'
import type { Measurements } from './measured.ts'
import { MOST, type Place, rank, type Reason, type Wish } from './rank.ts'
import { criteria, type Criterion, languages, systems } from './systems.ts'

/** Said whatever the weights are, and wherever Plinth stands. */
export const caveats: readonly string[] = [
  'It is young: before 1.0 any release may change the API.',
  'One team writes it. There are no plugins of others, hardly any answers on the web, and nobody to hire who knows it.',
  'It is TypeScript alone, and ES modules alone.',
]

const names = Object.keys(criteria) as Criterion[]
const even = Object.fromEntries(names.map((it) => [it, 3]))
const presets: readonly (readonly [string, Readonly<Record<string, number | string>>])[] = [
  ['Even weights', even],
  ['A live dashboard', { ...even, realtime: 5, serverless: 0, edge: 0, speed: 4 }],
  ['Back office in Python', { ...even, team: 'python', language: 5, batteries: 5, edge: 0, serverless: 0, realtime: 1 }],
  ['At the edge', { ...even, edge: 5, serverless: 5, batteries: 1, team: 'typescript' }],
  ['Ten years of upkeep', { ...even, upkeep: 5, ecosystem: 5, edge: 0, serverless: 0 }],
]

export function page(wish: Wish, measured: Measurements, gaps: readonly string[] | undefined): Html {
  const places = rank(systems, wish)
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <meta name="color-scheme" content="light dark">
  <title>Compass: which backend system fits?</title>
  <link rel="stylesheet" href="/page.css">
</head>
<body>
  <header>
    <h1>Which backend system fits?</h1>
    <p>Say what matters, and see what that leads to, and why. <strong>Ratings are opinion</strong>; facts name their source.
      The same as <a href="/advice">JSON</a>, and its <a href="/docs">documentation</a>. This page is made with Plinth:
      read <a href="#not-plinth">when not to take it</a>.</p>
    <nav aria-label="Examples of weights">${presets.map(([label, query]) => html`<a href="/?${searchOf(query)}">${label}</a> `)}</nav>
  </header>
  <main>
    ${verdict(places)} ${form(wish)}
    <div class="why">${chart(places)}
      <section aria-labelledby="places"><h2 id="places">Why each stands where it does</h2>
        <p class="note">Points are what a criterion moved a system away from the average of all that were weighed.</p>
        <ol class="places">${places.map(article)}</ol></section>
      ${figures(measured)}
      <section class="card caveat" aria-labelledby="not-plinth"><h2 id="not-plinth">When not to take Plinth</h2>
        <p>This page is made with Plinth by those who make Plinth, so hold its place above against this:</p>
        <ul>${caveats.map((it) => html`<li>${it}</li>`)}</ul>
        <h3>What these are picked for, and it has not yet</h3>
        <ul class="gaps">${gaps?.map((it) => html`<li>${it}</li>`)}</ul>
        <p class="note">From docs/what-plinth-has.md${gaps === undefined && ', which could not be read here'}.</p></section>
    </div>
  </main>
</body>
</html>`
}

const searchOf = (query: Readonly<Record<string, number | string>>): string =>
  Object.entries(query)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')

function form({ weights, team, only }: Wish): Html {
  return html`<form class="card" action="/" method="get">
    <h2>What matters</h2>
    <label for="team">The team writes</label>
    <select id="team" name="team"><option value="any">anything</option>
      ${Object.entries(languages).map(([id, name]) => html`<option value="${id}"${id === team && html` selected`}>${name}</option>`)}</select>
    <label class="check"><input type="checkbox" name="only" value="1"${only && html` checked`}> only what is written in it</label>
    <datalist id="steps">${Array.from({ length: MOST + 1 }, (_, it) => html`<option value="${it}"></option>`)}</datalist>
    <p class="note" id="scale">From 0, does not matter, to ${MOST}, decides. The number is what was weighed last.</p>
    ${names.map(
      (it) => html`<div class="weight"><label for="${it}">${criteria[it].label}</label><output for="${it}">${weights[it]}</output>
        <input type="range" id="${it}" name="${it}" min="0" max="${MOST}" step="1" value="${weights[it]}" list="steps"
          aria-describedby="${it}-hint scale"><small id="${it}-hint">${criteria[it].hint}</small></div>`,
    )}
    <button>Weigh</button>
  </form>`
}

function verdict([first, second]: readonly Place[]): Html {
  if (first === undefined) return html`<p class="card verdict">Nothing here is written in that language.</p>`
  if (first.reasons.length === 0) return html`<p class="card verdict">Nothing has a weight, so everything ties. Move a slider.</p>`
  const gained = second && biggestGain(first, second)
  return html`<section class="card verdict" aria-label="The first place">
    <p class="kicker">${first.fit === second?.fit ? 'First, with others' : 'The best fit'}</p>
    <p class="name">${first.system.name} <span>${Math.round(first.fit)} of 100</span></p>
    ${
      second &&
      html`<p>${first.fit === second.fit ? 'Level with' : `${(first.fit - second.fit).toFixed(1)} points before`} ${second.system.name}${
        gained && `, chiefly for ${criteria[gained].label.toLowerCase()}`
      }.</p>`
    }
  </section>`
}

/** The criterion by which `a` gains most over `b`; none where it gains by none. */
function biggestGain(a: Place, b: Place): Criterion | undefined {
  const of = (place: Place, name: Criterion): number => place.reasons.find((it) => it.criterion === name)?.points ?? 0
  const gains = a.reasons.map((it) => ({ name: it.criterion, gain: it.points - of(b, it.criterion) })).sort((x, y) => y.gain - x.gain)
  return gains[0] !== undefined && gains[0].gain > 0 ? gains[0].name : undefined
}

const ROW = 34

/** Bars whose lengths are percentages, so that text stays readable in any width. The list below says the same in words. */
function chart(places: readonly Place[]): Html {
  return html`<section class="card" aria-labelledby="fits"><h2 id="fits">Fit, of 100</h2>
    <svg class="chart" width="100%" height="${places.length * ROW}" role="img" aria-label="${places.map((it) => `${it.system.name} ${Math.round(it.fit)}`).join(', ')}">
      ${places.map(
        ({ system, fit, place }, row) => html`<g class="${place === 1 ? 'bar first' : system.id === 'plinth' ? 'bar own' : 'bar'}">
        <text x="0" y="${row * ROW + 14}">${place}. ${system.name}</text><text x="100%" y="${row * ROW + 14}" text-anchor="end">${Math.round(fit)}</text>
        <rect class="track" x="0" y="${row * ROW + 20}" width="100%" height="7" rx="3.5"/><rect x="0" y="${row * ROW + 20}" width="${fit.toFixed(1)}%" height="7" rx="3.5"/></g>`,
      )}
    </svg></section>`
}

function article({ place, system, fit, reasons }: Place): Html {
  const moved = reasons.filter((it) => Math.abs(it.points) >= 0.5)
  const shown = [...moved.filter((it) => it.points > 0).slice(0, 3), ...moved.filter((it) => it.points < 0).slice(0, 3)]
  return html`<li class="card" id="${system.id}">
    <h3><span class="place">${place}</span> ${system.name} <span class="fit">${Math.round(fit)}</span></h3>
    <p class="speaks">${system.languages.map((it) => languages[it]).join(', ')}</p>
    <ul class="reasons">${shown.map(reason)}${shown.length === 0 && html`<li>Average in all that was weighed.</li>`}</ul>
    ${system.facts.map(
      (
        it,
      ) => html`<p class="fact">${it.text} <cite>${it.source.startsWith('https://') ? html`<a href="${it.source}">${new URL(it.source).hostname}</a>` : it.source},
        read <time datetime="${it.date}">${it.date}</time></cite></p>`,
    )}
    <details><summary>Our ratings, which are opinion</summary>
      <dl>${Object.entries(system.ratings).map(([name, value]) => html`<div><dt>${criteria[name as Criterion].label}</dt><dd>${value}</dd></div>`)}</dl></details>
  </li>`
}

function reason({ criterion, rating, average, points }: Reason): Html {
  const up = points > 0
  const why = `${rating}, average ${average.toFixed(1)}`
  return html`<li class="${up ? 'up' : 'down'}"><b>${up ? '▲ +' : '▼ −'}${Math.abs(points).toFixed(1)}</b> <span>${criteria[criterion].label} <small>${why}</small></span></li>`
}

/** In words, those that bench/README.md has. */
const shapes: Readonly<Record<string, string>> = {
  hello: 'JSON of one field',
  'params-first': 'the first of 30 routes',
  'params-last': 'the last of 30 routes',
  post: '1 KB of JSON, validated',
  list: '50 objects, 10 KB',
  guarded: 'a session behind a cookie',
}

function figures(measured: Measurements): Html {
  const heading = html`<h2 id="measured">Measured</h2>`
  if (!measured.found) {
    return html`<section class="card" aria-labelledby="measured">${heading}<p>There are no figures to show: ${measured.why}.</p></section>`
  }
  const of = (key: 'shape' | 'contender'): string[] => [...new Set(measured.figures.map((it) => it[key]))]
  const contenders = of('contender')
  const cell = (shape: string, contender: string): string =>
    measured.figures.find((it) => it.shape === shape && it.contender === contender)?.micros.toFixed(1) ?? '–'
  return html`<section class="card" aria-labelledby="measured">${heading}
    <p>CPU time of one request in microseconds, lower is better: medians of one run, ${measured.at.slice(0, 10)}${measured.node && `, Node ${measured.node}`},
      with the headers of a browser. No rating is derived from them, and nothing else on this page was measured.</p>
    <div class="scroll" role="region" aria-labelledby="measured" tabindex="0"><table>
      <thead><tr><th scope="col">µs of CPU a request</th>${contenders.map((it) => html`<th scope="col">${it}</th>`)}</tr></thead>
      <tbody>${of('shape').map((shape) => html`<tr><th scope="row">${shapes[shape] ?? shape}</th>${contenders.map((it) => html`<td>${cell(shape, it)}</td>`)}</tr>`)}</tbody>
    </table></div>
    <p class="note">bench/results/${measured.file}; bench/README.md says what each shape does, and how it is measured.</p></section>`
}
