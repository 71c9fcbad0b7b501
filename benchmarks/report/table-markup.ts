import type { Verdict, Table } from '../suite.ts'
import { html, type Markup } from './markup.ts'

/** What was to be reached, and whether it is; by a mark and by a word. */
export const verdictsMarkup = (verdicts: readonly Verdict[]): Markup | false =>
  verdicts.length > 0 &&
  html`<h3>What is to be reached</h3>
    <div
      class="scroll"
      role="region"
      tabindex="0"
      aria-label="What is to be reached"
    >
      <table>
        <thead>
          <tr>
            <th scope="col">figure</th>
            <th scope="col">limit</th>
            <th scope="col">measured</th>
            <th scope="col">verdict</th>
          </tr>
        </thead>
        <tbody>
          ${verdicts.map(
            ({ name, limit, measured, met }) =>
              html`<tr>
                <th scope="row">${name}</th>
                <td>${limit}</td>
                <td>${measured}</td>
                <td class="mark">
                  <strong class="${met ? 'good' : 'bad'}"
                    >${met ? '✓ met' : '✗ missed'}</strong
                  >
                </td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`

/** Looks like a figure, so that it stands on the right. */
const figure = /^[±+−-]?[\d.,]+(\s?[%×a-zA-Z]{1,3})?$|^[–-]$/

/** Where most of a column are figures it stands on the right. */
const sides = ({ head, rows }: Table): string[] =>
  head.map((_, column) => {
    const cells = rows.map(row => row[column] ?? '').filter(Boolean)
    const figures = cells.filter(
      cell => /^[^a-z]*\d/i.test(cell) || figure.test(cell),
    )
    return column > 0 && figures.length * 2 > cells.length ? 'n' : ''
  })

/**
 * A table in a box of its own, which scrolls where it is wider than the page.
 *
 * @param level of its title; without one the table has a caption for those
 *   who do not see it
 */
export const tableMarkup = (table: Table, level?: 3 | 4): Markup => {
  const side = sides(table)
  const mark = (column: number) =>
    html`${side[column] === 'n' && html` class="n"`}`
  const title =
    level === undefined
      ? undefined
      : level === 3
        ? html`<h3>${table.title}</h3>`
        : html`<h4>${table.title}</h4>`
  return html`${title}
    ${table.note !== undefined && html`<p class="note">${table.note}</p>`}
    <div class="scroll" role="region" tabindex="0" aria-label="${table.title}">
      <table>
        <thead>
          <tr>
            ${table.head.map(
              (name, i) => html`<th scope="col" ${mark(i)}>${name}</th>`,
            )}
          </tr>
        </thead>
        <tbody>
          ${table.rows.map(
            row =>
              html`<tr>
                ${row.map((cell, i) =>
                  i === 0
                    ? html`<th scope="row">${cell}</th>`
                    : html`<td ${mark(i)}>${cell}</td>`,
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}
