import t from 'tap'
import { findFfmpeg } from '../../../lib/io/ffmpeg.ts'
import {
  exampleWorkspace,
  runExample,
  shownExamples,
  withModels,
} from '../../fixtures/examples.ts'

const folder = t.testdir({})
const workspace = await exampleWorkspace(t, folder)

for (const wanted of withModels) {
  const example = shownExamples.find(({ name }) => name === wanted)
  const skip =
    wanted === 'recipe-ffmpeg.js' && !findFfmpeg() && 'there is no ffmpeg'
  t.test(`docs/examples/${wanted} runs`, { skip }, async t => {
    if (!example) return t.fail('no document shows it')
    return runExample(t, workspace, { ...example, name: wanted })
  })
}
