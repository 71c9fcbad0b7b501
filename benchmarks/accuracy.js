/** Word error rate over the clips, pooled, for each model. */
import { EnginePool, transcribe } from '../dist/index.js'
import { wordErrors, wordsOf } from '../dist/bench/word-errors.js'
import { printHead, printTable, writeResults } from './_util/report.js'
import { speechClips } from './_util/speech.js'

const models = []
const clips = speechClips()
for (const model of ['tiny', 'base']) {
  const pool = new EnginePool({ model })
  let [errors, words] = [0, 0]
  for (const { path, text } of clips) {
    errors += wordErrors(text, await transcribe(path, { pool }).text())
    words += wordsOf(text).length
  }
  await pool.close()
  models.push({ model, errors, words, rate: errors / words })
}
printHead(`Word error rate over ${clips.length} clips, pooled`)
printTable(
  ['model', 'WER', 'errors', 'words'],
  models.map(({ model, errors, words, rate }) => [
    model,
    `${(100 * rate).toFixed(1)} %`,
    String(errors),
    String(words),
  ]),
)
writeResults('accuracy', { clips: clips.map(({ id }) => id), models })
