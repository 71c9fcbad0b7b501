import type { FaultRow, FaultsData } from '../faults/fault-row.ts'
import { ms } from './chart.ts'
import { html, type Markup } from './markup.ts'

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
