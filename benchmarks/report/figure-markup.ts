import {
  NARROW,
  WIDE,
  type Chart,
  type ChartFigure,
  type Key,
} from './chart.ts'
import type { Table } from '../suite.ts'
import type { ChartTool } from './chart-tool.ts'
import { html, Markup } from './markup.ts'
import { tableMarkup } from './table-markup.ts'

const signs: Record<Key['mark'], (colour: string) => Markup> = {
  area: colour => html`<rect y="1" width="18" height="10" fill="${colour}" />`,
  line: colour =>
    html`<path d="M0 6h18" stroke="${colour}" stroke-width="2.5" />`,
  dashes: colour =>
    html`<path
      d="M0 6h18"
      stroke="${colour}"
      stroke-width="2.5"
      stroke-dasharray="4 3"
    />`,
  dot: colour => html`<circle cx="9" cy="6" r="5" fill="${colour}" />`,
  ring: colour =>
    html`<circle
      cx="9"
      cy="6"
      r="4"
      fill="none"
      stroke="${colour}"
      stroke-width="2.5"
    />`,
}

const keysMarkup = (keys: readonly Key[]): Markup =>
  html`<ul class="keys">
    ${keys.map(
      ({ label, colour, mark }) =>
        html`<li>
          <svg viewBox="0 0 18 12" aria-hidden="true">
            ${signs[mark](colour)}</svg
          >${label}
        </li>`,
    )}
  </ul>`

/** The element of a drawn chart with a class, and with words for it. */
const named = (svg: string, kind: string, { title, about }: Chart): Markup => {
  const inside = svg.slice(svg.indexOf('>') + 1)
  const box = /viewBox="([\d. ]+)"/.exec(svg)?.[1] ?? ''
  const label = html`aria-label="${title}" aria-description="${about}"`
  return html`<svg
    class="chart ${kind}"
    role="img"
    ${label}
    viewBox="${box}"
    text-anchor="middle"
  >
    ${new Markup(inside)}
  </svg>`
}

/** More rows than this are shown to those who ask for them. */
const MANY = 30

const numbersMarkup = (numbers: Table): Markup =>
  numbers.rows.length <= MANY
    ? tableMarkup(numbers, 3)
    : html`<details>
        <summary>${numbers.title}</summary>
        ${tableMarkup(numbers)}
      </details>`

const chartMarkup = (chart: Chart, tool: ChartTool | undefined): Markup => {
  if (!tool) return numbersMarkup(chart.numbers)
  const drawn = (width: number, kind: string): Markup =>
    named(chart.draw(tool, width), kind, chart)
  return html`<figure>
    <figcaption>
      <h3>${chart.title}</h3>
      <p class="note">${chart.about}</p>
      ${chart.keys && keysMarkup(chart.keys)}
    </figcaption>
    ${drawn(WIDE, 'wide')} ${drawn(NARROW, 'narrow')}
    <details>
      <summary>These numbers as a table</summary>
      ${tableMarkup(chart.numbers, 4)}
    </details>
  </figure>`
}

/** A chart with its numbers, or the numbers alone where nothing draws. */
export const figureMarkup = (
  figure: ChartFigure,
  tool: ChartTool | undefined,
): Markup => ('markup' in figure ? figure.markup : chartMarkup(figure, tool))
