import type { FaultRow, FaultsData } from '../faults/fault-row.ts'
import type { Verdict, Table } from '../suite.ts'
import { ms } from './chart.ts'
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

const count = (n: number, what: string): string | false =>
  n > 0 && `${n.toLocaleString('en')} ${what}`

/** How long it took; where nothing happened there is nothing to tell. */
const recoveryOf = ({ id, lost, recoveryMs }: FaultRow): string | false => {
  if (id === 'none') return false
  if (recoveryMs !== null) return `; text again after ${ms(recoveryMs)}`
  return lost > 0 && '; nothing came any more'
}

/** What a reader has to know of one fault: the mark says it, and words do. */
const cellOf = (row: FaultRow | undefined): Markup => {
  if (!row) return html`<td>not run</td>`
  const silent = Math.max(0, row.lost - row.told)
  const wrong = row.doubled + row.reordered + row.broken + silent
  const [kind, mark] =
    wrong > 0 ? ['bad', '✗'] : row.lost > 0 ? ['fair', '!'] : ['good', '✓']
  const facts = [
    count(row.lost, 'lost'),
    row.lost > 0 && row.told > 0 && `${row.told.toLocaleString('en')} told`,
    count(row.doubled, 'doubled'),
    count(row.reordered, 'out of order'),
    count(row.broken, 'broken'),
  ].filter(fact => fact !== false)
  return html`<td>
    <strong class="${kind}"
      ><span aria-hidden="true">${mark}</span>
      ${facts.length === 0 ? 'no word lost' : facts.join(', ')}</strong
    >
    <small> of ${row.words.toLocaleString('en')}${recoveryOf(row)} </small>
  </td>`
}

/** What each fault of the network cost each engine, with a mark. */
export const faultsMarkup = ({ rows }: FaultsData): Markup | undefined => {
  if (rows.length === 0) return undefined
  const engines = [...new Set(rows.map(({ engine }) => engine))]
  const faults = [
    ...new Map(rows.map(row => [`${row.id} ${row.fault}`, row])).values(),
  ]
  const title = 'What each fault cost, in words'
  return html`<h3>${title}</h3>
    <p class="note">
      Numbered words are said into a session to which something happens.
      <strong class="good">✓</strong> all words are there once and in order;
      <strong class="fair">!</strong> some are lost, and the reader was told so;
      <strong class="bad">✗</strong> some are lost without a word, doubled, or
      out of order.
    </p>
    <div class="scroll" role="region" tabindex="0" aria-label="${title}">
      <table class="faults">
        <thead>
          <tr>
            <th scope="col">fault</th>
            ${engines.map(engine => html`<th scope="col">${engine}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${faults.map(
            ({ id, fault }) =>
              html`<tr>
                <th scope="row">${id === 'none' ? '' : `${id} `}${fault}</th>
                ${engines.map(engine =>
                  cellOf(
                    rows.find(
                      row =>
                        row.engine === engine &&
                        row.id === id &&
                        row.fault === fault,
                    ),
                  ),
                )}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`
}
