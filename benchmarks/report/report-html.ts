import { machineLine } from '../machine.ts'
import type { Results } from '../results.ts'
import { chartPackages, type ChartTool } from './chart-tool.ts'
import { headlinesOf } from './headlines.ts'
import { html, Markup } from './markup.ts'
import { style } from './style.ts'
import { suiteSection, suiteTitles } from './suite-section.ts'

const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

const times = (n: number, one: string): string =>
  `${n} ${n === 1 ? one : `${one}s`}`

/** Whether all is well, in a line; what is not, below it. */
const outcome = ({ suites }: Results): Markup => {
  const verdicts = suites.flatMap(suite => suite.verdicts)
  const missed = verdicts.filter(({ met }) => !met)
  const failures = suites.flatMap(suite => suite.failures)
  const fine = missed.length === 0 && failures.length === 0
  const judged =
    verdicts.length === 0
      ? 'No limits are stated for what was run'
      : missed.length === 0
        ? `All of ${times(verdicts.length, 'limit')} met`
        : `${missed.length} of ${times(verdicts.length, 'limit')} missed`
  const failed =
    failures.length > 0 && `; ${times(failures.length, 'case')} failed`
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
          ${outcome(results)} ${headlines(results)} ${howToDraw(tool)}
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
