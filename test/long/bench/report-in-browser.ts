import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { loadChartTool } from '../../../benchmarks/report/chart-tool.ts'
import { reportHtml } from '../../../benchmarks/report/report-html.ts'
import { noBrowser, openBrowser } from '../../fixtures/browser.ts'
import { reportResults } from '../../fixtures/report-results.ts'

/** What `report-page.js` answers. */
type Seen = {
  readonly overflow: number
  readonly charts: readonly {
    readonly label: string
    readonly width: number
    readonly height: number
    readonly letters: number
    readonly outside: number
    readonly overlaps: readonly string[]
  }[]
  readonly texts: number
  readonly faint: readonly { readonly text: string }[]
}

const measure = readFileSync(
  join(import.meta.dirname, '../../fixtures/report-page.js'),
  'utf8',
)

t.test(
  'a report is seen as it is meant, from a file alone',
  { skip: noBrowser },
  async t => {
    const tool = await loadChartTool()
    const folder = t.testdir({
      'report.html': reportHtml(reportResults, tool),
      'tables.html': reportHtml(reportResults, undefined),
    })
    const { page } = await openBrowser(t, { '/favicon.ico': '' })
    const problems: string[] = []
    const asked: string[] = []
    page.on('console', message => problems.push(message.text()))
    page.on('pageerror', error => problems.push(error.message))
    page.on('request', request => asked.push(request.url()))

    const look = async (
      name: string,
      width: number,
      colorScheme: 'light' | 'dark',
    ): Promise<Seen> => {
      await page.emulateMedia({ colorScheme })
      await page.setViewportSize({ width, height: 900 })
      const url = pathToFileURL(join(folder, `${name}.html`)).href
      asked.length = 0
      await page.goto(url)
      t.same(asked, [url], 'nothing else is asked for')
      const seen = (await page.evaluate(measure)) as Seen
      t.ok(seen.texts > 100, 'texts are found')
      t.ok(seen.overflow <= 0, `the page fits into ${width} px`)
      t.same(seen.faint, [], `all texts have contrast when ${colorScheme}`)
      return seen
    }

    for (const width of [390, 1_280])
      for (const scheme of ['light', 'dark'] as const) {
        const { charts } = await look('report', width, scheme)
        t.equal(charts.length, 8, 'each chart is there once')
        if ((width === 390) === (scheme === 'dark')) {
          const picture = await page.screenshot({
            path: join(folder, `report-${width}.png`),
            fullPage: true,
          })
          t.ok(picture.length > 100_000, 'there is something to see')
        }
        for (const { label, ...chart } of charts) {
          t.ok(chart.width > 300 && chart.height > 80, `size of ${label}`)
          t.ok(chart.letters >= 10, `letters can be read in ${label}`)
          t.equal(chart.outside, 0, `no text is cut off in ${label}`)
          t.same(chart.overlaps, [], `no text lies on another in ${label}`)
        }
      }
    t.equal((await look('tables', 390, 'dark')).charts.length, 0)
    t.equal((await look('tables', 1_280, 'light')).charts.length, 0)
    t.same(problems, [])
  },
)
