import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import ts from 'typescript'
import {
  chartPackages,
  loadChartTool,
} from '../../../benchmarks/report/chart-tool.ts'

const root = join(import.meta.dirname, '../../..')

t.test('a chart is one element, without style or long numbers', async t => {
  const tool = (await loadChartTool())!
  const label = '</text><script>&"'
  const svg = tool.draw({
    marks: [
      tool.marks.line([
        [0, 1 / 3],
        [Math.PI, 2],
      ]),
      tool.marks.text([[1, 1]], { text: () => label }),
    ],
  })
  t.match(svg, /^<svg [^]*<\/svg>$/)
  t.notMatch(svg, /<style|<script|\d\.\d{3}/)
  t.match(svg, '&lt;/text&gt;&lt;script&gt;&amp;"')
})

t.test('the packages are optional peers, and no dependency', async t => {
  const manifest = JSON.parse(
    readFileSync(join(root, 'package.json'), 'utf8'),
  ) as Record<string, Record<string, unknown>>
  for (const name of chartPackages) {
    t.ok(manifest['peerDependencies']![name])
    t.same(manifest['peerDependenciesMeta']![name], { optional: true })
    t.notOk(manifest['dependencies']![name])
    t.notOk(manifest['optionalDependencies']![name])
  }
})

t.test('nothing but the tool asks for them', async t => {
  const askers = ['lib', 'benchmarks'].flatMap(folder =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter(name => name.endsWith('.ts') && !name.includes('node_modules'))
      .map(name => join(folder, name))
      .filter(name => {
        const source = readFileSync(join(root, name), 'utf8')
        const loads = source.replaceAll(/^import type .*$/gm, '')
        return chartPackages.some(one => loads.includes(`'${one}'`))
      }),
  )
  t.same(askers, ['benchmarks/report/chart-tool.ts'])
})

t.test('where they are not installed there is no tool', async t => {
  // Far from all node_modules none are found.
  const away = mkdtempSync(join(tmpdir(), 'voxpipe-charts-'))
  t.teardown(() => rmSync(away, { recursive: true }))
  const { outputText } = ts.transpileModule(
    readFileSync(join(root, 'benchmarks/report/chart-tool.ts'), 'utf8'),
    { compilerOptions: { module: ts.ModuleKind.ESNext, target: 99 } },
  )
  const alone = join(away, 'chart-tool.mjs')
  writeFileSync(alone, outputText)
  const { loadChartTool } = (await import(
    pathToFileURL(alone).href
  )) as typeof import('../../../benchmarks/report/chart-tool.ts')
  t.equal(await loadChartTool(), undefined)
})
