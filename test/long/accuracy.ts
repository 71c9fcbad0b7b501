import t from 'tap'
import { EnginePool, transcribe } from '../../lib/index.ts'
import { testModels } from '../fixtures/models.ts'
import { speechClips } from '../fixtures/speech-clips.ts'
import { wordErrors, wordsOf } from '../../lib/bench/word-errors.ts'

/** Most errors in the pooled words of all clips. */
const limits = { tiny: 0.08, base: 0.06 }

for (const [model, limit] of Object.entries(limits))
  t.test(`${model} hears the clips as files`, async t => {
    const pool = new EnginePool({ model, modelDir: await testModels(model) })
    let errors = 0
    let words = 0
    for (const { path, text } of await speechClips()) {
      errors += wordErrors(text, await transcribe(path, { pool }).text())
      words += wordsOf(text).length
    }
    await pool.close()
    t.comment(`${model}: ${errors} errors in ${words} words`)
    t.ok(errors <= limit * words, `at most ${100 * limit} %`)
  })
