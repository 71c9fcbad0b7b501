import t from 'tap'
import {
  captionFormats,
  captionProfiles,
  extensionOf,
  type CaptionProfile,
} from '../../lib/captions/index.ts'
import { textOf } from '../fixtures/markdown.ts'

/** The rows of the table of a page whose head begins with a word. */
const rowsOf = (path: string, head: string): string[][] => {
  const table = new RegExp(`^\\| ${head} +\\|[^]*?\\n\\n`, 'm').exec(
    textOf(path),
  )
  return table![0]
    .trim()
    .split('\n')
    .slice(2)
    .map(row => row.split('|').map(cell => cell.trim()))
    .map(cells => cells.slice(1, -1))
}

const names: readonly string[] = Object.keys(captionProfiles).map(
  name => `\`${name}\``,
)
const profileOf = (name: string): CaptionProfile =>
  captionProfiles[name.slice(1, -1) as keyof typeof captionProfiles]

const time = (ms: number): string =>
  ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`

t.test('the guide has every format, and how its files end', async t => {
  const page = 'docs/guide/captions.md'
  const rows = rowsOf(page, 'format')
  t.same(
    rows.map(([name]) => name),
    captionFormats.map(name => `\`${name}\``),
  )
  const others = captionFormats.filter(name => extensionOf(name) !== name)
  t.same(others, ['ebuttd'], 'the only one with another extension')
  t.match(
    rows.find(([name]) => name === '`ebuttd`')![1],
    `in files \`.${extensionOf('ebuttd')}\``,
  )
})

t.test('the guide has every profile, with its limits', async t => {
  const rows = rowsOf('docs/guide/captions.md', 'profile')
  t.same(rows.map(([name]) => name!).toSorted(), names.toSorted())
  for (const [name = '', ...cells] of rows) {
    const rules = profileOf(name)
    const { mode, maxCharsPerSecond, maxWordsPerMinute } = rules
    const speed =
      maxCharsPerSecond === undefined
        ? `${maxWordsPerMinute} words per minute`
        : `${maxCharsPerSecond} characters per second`
    const gap = rules.minGapMs === 0 ? 'none' : time(rules.minGapMs)
    t.same(
      cells,
      [
        String(rules.maxLineWidth),
        String(rules.maxLineCount),
        ...(mode === 'roll-up'
          ? ['', '', 'rolls up, word by word', '']
          : [
              time(rules.minDurationMs),
              time(rules.maxDurationMs),
              speed,
              `${gap}, or ${rules.chainGapMs / 1_000} s or more`,
            ]),
      ],
      name,
    )
  }
})

t.test(
  'the guide on live captions has every profile that rolls up',
  async t => {
    const rolling = names.filter(name => profileOf(name).mode === 'roll-up')
    const rows = rowsOf('docs/guide/live.md', 'profile')
    t.same(rows.map(([name]) => name!).toSorted(), rolling.toSorted())
    for (const [name = '', ...cells] of rows) {
      const { maxLineWidth, maxLineCount, maxHoldMs } = profileOf(name)
      t.same(cells, [maxLineWidth, maxLineCount].map(String), name)
      t.match(
        textOf('docs/guide/live.md'),
        `- ${maxHoldMs / 1_000} s after the last word the screen is empty`,
      )
    }
  },
)
