import { machineLine } from '../machine.ts'
import type { Results } from '../results.ts'
import { chartPackages, type ChartTool } from './chart-tool.ts'
import { latencyAnswer } from '../latency/latency-answer.ts'
import { headlinesOf } from './headlines.ts'
import { html, Markup } from './markup.ts'
import { suiteSection, suiteTitles } from './suite-section.ts'

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

const times = (n: number, one: string): string =>
  `${n} ${n === 1 ? one : `${one}s`}`

/** Whether all is well, in a line; what is not, below it. */
const outcome = ({ suites }: Results): Markup | false => {
  const verdicts = suites.flatMap(suite => suite.verdicts)
  const missed = verdicts.filter(({ met }) => !met)
  const failures = suites.flatMap(suite => suite.failures)
  if (verdicts.length === 0 && failures.length === 0) return false
  const fine = missed.length === 0 && failures.length === 0
  const judged =
    verdicts.length === 0
      ? ''
      : missed.length === 0
        ? `All of ${times(verdicts.length, 'limit')} met`
        : `${missed.length} of ${times(verdicts.length, 'limit')} missed`
  const failed =
    failures.length > 0 &&
    `${judged === '' ? '' : '; '}${times(failures.length, 'case')} failed`
  const list = [
    ...missed.map(
      ({ name, limit, measured }) =>
        html`<li>
          <strong>${name}</strong>: ${measured}, where the limit is ${limit}
        </li>`,
    ),
    ...failures.map(
      ({ name, problem }) =>
        html`<li><strong>${name}</strong> failed: ${problem}</li>`,
    ),
  ]
  return html`<p class="verdict ${fine ? 'good' : 'bad'}">
      <span aria-hidden="true">${fine ? '✓' : '✗'}</span> ${judged}${failed}.
    </p>
    ${
      list.length > 0 &&
      html`<ul class="plain">
        ${list}
      </ul>`
    }`
}

/** The sentence that a run ends with. */
const answerOf = (results: Results): Markup | false => {
  let answer: ReturnType<typeof latencyAnswer>
  try {
    answer = latencyAnswer(results)
  } catch {
    return false // data of another version
  }
  return (
    answer !== undefined &&
    html`<p class="answer"><strong>${answer.sentence}</strong></p>
      <p class="note">${answer.streams}</p>`
  )
}

const headlines = (results: Results): Markup | false => {
  let found: ReturnType<typeof headlinesOf> = []
  try {
    found = headlinesOf(results)
  } catch {
    // Data of another version has its tables all the same.
  }
  return (
    found.length > 0 &&
    html`<dl class="heads">
      ${found.map(
        ({ suite, question, figure, facts }) =>
          html`<div>
            <dt><a href="#${suite}">${question}</a></dt>
            <dd class="figure">${figure}</dd>
            <dd><small>${facts}</small></dd>
          </div>`,
      )}
    </dl>`
  )
}

const howToDraw = (tool: ChartTool | undefined): Markup | false =>
  tool === undefined &&
  html`<p class="note">
    This report has tables in place of charts; to get charts, install
    <code>npm install ${chartPackages.join(' ')}</code> beside voxpipe.
  </p>`

/**
 * The report on what was measured: one HTML file without scripts, that needs
 * nothing of outside, for screens of any width, light and dark, and for paper.
 *
 * @param tool what draws charts; without it, their numbers stand as tables
 */
export const reportHtml = (
  results: Results,
  tool: ChartTool | undefined,
): string => {
  const { command, date, machine, suites } = results
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>voxpipe bench, ${date.slice(0, 10)}</title>
        <style>
          ${new Markup(style)}
        </style>
      </head>
      <body>
        <header>
          <h1>voxpipe bench</h1>
          <p class="soft">
            <code>${command}</code> on ${date.slice(0, 10)}<br />
            ${machineLine(machine)}
          </p>
          ${answerOf(results)} ${outcome(results)} ${headlines(results)}
          ${howToDraw(tool)}
          <nav aria-label="Suites">
            <ul>
              ${suites.map(
                ({ name }) =>
                  html`<li><a href="#${name}">${suiteTitles[name]}</a></li>`,
              )}
            </ul>
          </nav>
        </header>
        <main>${suites.map(suite => suiteSection(suite, results, tool))}</main>
        <footer>
          Figures are medians unless they say otherwise; every case ran in a
          process of its own. The same in figures: results.json, beside this
          file. On a machine that does other things too, read ratios.
        </footer>
      </body>
    </html> `
  return page.text
}

/*
 * Colours: the series are told apart without red and green, with a contrast of
 * at least 3 to the paper; texts have 4.5 and more.
 */
const light = `
  --paper: #fff; --raised: #f5f7f9; --ink: #16202a; --soft: #51606e;
  --line: #cfd6dd; --link: #0a5ea8;
  --good: #136b3a; --fair: #8a5200; --bad: #b3261e;
  --series-1: #0b68b3; --series-2: #c64f00; --series-3: #00806a;
  --series-4: #8a4aa8; --series-5: #80690a; --series-6: #5b6b7a;`
const dark = `
  --paper: #12181e; --raised: #1b232b; --ink: #e8edf2; --soft: #a7b4c0;
  --line: #3a4651; --link: #7cbcf5;
  --good: #6fd39b; --fair: #f0b354; --bad: #ff9b92;
  --series-1: #5fb0f2; --series-2: #ff9a52; --series-3: #3ecbab;
  --series-4: #cf9be6; --series-5: #dcc04b; --series-6: #a3b2c0;`

/** The report's style sheet. */
export const style = `
:root { color-scheme: light dark; ${light} }
@media (prefers-color-scheme: dark) { :root { ${dark} } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100% }
main, header, footer { max-width: 928px; margin: 0 auto; padding: 0 24px }
h1 { font-size: 1.75rem; line-height: 1.2; margin: 2rem 0 .25rem }
h2 { font-size: 1.35rem; margin: 0 0 .25rem }
h3 { font-size: 1.05rem; margin: 2rem 0 .25rem }
h4 { font-size: .95rem; margin: 1rem 0 .25rem }
p { margin: .25rem 0 .75rem }
a { color: var(--link) }
strong, code, td, th { unicode-bidi: isolate }
code { font: .875em/1.4 ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
  background: var(--raised); border-radius: 4px; padding: .1em .35em }
small { display: block; font-size: .8125rem; line-height: 1.4 }
.soft, .note, small { color: var(--soft) }
.note { font-size: .9rem; max-width: 70ch }
.keys, .note, small { text-wrap: pretty }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0;
  margin: .75rem 0; list-style: none }
.good { color: var(--good) } .fair { color: var(--fair) }
.bad { color: var(--bad) }
.heads { display: grid; gap: 12px; margin: 1.25rem 0; padding: 0;
  grid-template-columns: repeat(auto-fill, minmax(190px, 1fr)) }
.heads > div { background: var(--raised); border-radius: 10px;
  padding: 14px 16px }
.heads dt { color: var(--soft); font-size: .9rem }
.heads dd { margin: 0 }
.heads .figure { font-size: 1.9rem; line-height: 1.25; font-weight: 650;
  font-variant-numeric: tabular-nums }
.answer { font-size: 1.25rem; max-width: 50ch }
.verdict { font-size: 1.1rem; font-weight: 600 }
section { border-top: 1px solid var(--line); margin-top: 2.5rem;
  padding-top: 1.5rem }
.scroll { overflow-x: auto; margin: .25rem 0 1rem; outline-offset: 2px }
table { border-collapse: collapse; font-size: .875rem;
  font-variant-numeric: tabular-nums }
th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0;
  border-bottom: 1px solid var(--line); font-weight: 400;
  overflow-wrap: break-word; max-width: 28rem }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom }
.n { text-align: right } .n, .mark { white-space: nowrap }
.faults td { min-width: 11rem }
ul.plain { padding-left: 1.2rem; margin: .25rem 0 1rem }
.problem { border-left: 4px solid var(--bad); padding: .1rem 0 .1rem .8rem }
figure { margin: 2rem 0; padding: 0; break-inside: avoid }
figcaption h3 { margin-top: 0 }
.keys { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: .25rem 0;
  padding: 0; list-style: none; font-size: .8125rem }
.keys svg { display: inline-block; width: 18px; height: 12px;
  margin-right: 6px; vertical-align: -1px }
.chart { display: block; width: 100%; height: auto; fill: currentColor;
  margin-top: .5rem; font: 12px system-ui, -apple-system, 'Segoe UI', Roboto,
  sans-serif; font-variant-numeric: tabular-nums; overflow: visible }
.narrow { display: none; max-width: 520px }
details { margin: .5rem 0 } summary { cursor: pointer; color: var(--link);
  font-size: .9rem }
footer { color: var(--soft); font-size: .875rem; padding-top: 1.5rem;
  padding-bottom: 3rem }
@media screen and (max-width: 700px) {
  main, header, footer { padding-left: 10px; padding-right: 10px }
  .wide { display: none } .narrow { display: block }
}
@media print {
  :root { color-scheme: light; ${light} }
  body { font-size: 10.5pt } main, header, footer { max-width: none }
  .scroll { overflow: visible } details:not([open]) { display: none }
  section { break-before: auto } h2, h3, h4 { break-after: avoid }
  tr { break-inside: avoid }
}
`
