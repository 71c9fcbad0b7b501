import t from 'tap'
import { transcribe } from '../../../lib/index.ts'
import { MoonshineRecognizer } from '../../../lib/recognizers/index.ts'
import { testModels } from '../../fixtures/models.ts'
import { ownClips } from '../../fixtures/speech-clips.ts'
import { textErrors } from '../../../benchmarks/accuracy/whisper-text.ts'
import { sumErrors, type ErrorCounts } from '../../../benchmarks/word-errors.ts'

/** Most errors in the pooled words of all clips. */
const limits = { tiny: 0.08, base: 0.06 }

for (const [model, limit] of Object.entries(limits))
  t.test(`${model} hears the clips as files`, async t => {
    const recognizer = new MoonshineRecognizer({
      model,
      modelDir: await testModels(model),
    })
    const clips: ErrorCounts[] = []
    for (const { path, text } of await ownClips())
      clips.push(
        textErrors(text, await transcribe(path, { recognizer }).text()),
      )
    await recognizer.close()
    const { errors, words } = sumErrors(clips)
    t.comment(`${model}: ${errors} errors in ${words} words`)
    t.ok(errors <= limit * words, `at most ${100 * limit} %`)
  })
