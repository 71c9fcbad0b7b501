import t from 'tap'
import {
  openaiModels,
  type OpenAIModel,
} from '../../lib/transcribers/openai-models.ts'
import { textOf } from '../fixtures/markdown.ts'

const page = textOf('docs/guide/which-model.md')

const yes = (can: boolean | undefined): string => (can ? 'yes' : '')

/** The row that the guide must have of a model. */
const rowOf = ([name, model]: [string, OpenAIModel]): string[] => {
  const { files, realtime, perMinute, shutdown } = model
  return [
    `\`${name}\``,
    files ? (files.streams ? 'stream' : 'yes') : '',
    realtime ? (realtime.family === 'live' ? 'words' : 'turns') : '',
    yes(files?.wordTimes),
    yes(files?.speakers),
    yes(files?.prompt ?? realtime?.prompt),
    yes(files?.keywords ?? realtime?.keywords),
    String(perMinute),
    shutdown ?? '',
  ]
}

t.test('the guide has every model, as it is', async t => {
  const rows = [...page.matchAll(/^\| (`(?:gpt|whisper)-.*) \|$/gm)].map(row =>
    row[1]!.split('|').map(cell => cell.trim()),
  )
  t.same(rows, Object.entries(openaiModels).map(rowOf))
})

t.test('models that end without a successor are named', async t => {
  for (const [name, { shutdown, successor }] of Object.entries(openaiModels))
    if (shutdown !== undefined && successor === undefined)
      t.match(page, new RegExp(`^\`${name}\`.* end |and \`${name}\` end `, 'm'))
})
