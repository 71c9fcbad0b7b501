import type { Verdict } from '../suite.ts'
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
