import t from 'tap'
import { joinSamples } from '../../../lib/audio/resample-wave.ts'
import { localVad } from '../../../lib/recognizers/local-vad.ts'
import { ManualSession } from '../../../lib/recognizers/manual-session.ts'
import { MoonshineRecognizer } from '../../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import { LocalTranscriber } from '../../../lib/transcribe/local-transcriber.ts'
import { testModels } from '../../fixtures/models.ts'
import { RecordedSession } from '../../fixtures/recorded-session.ts'
import { eventsOf } from '../../fixtures/scripted.ts'
import { chunksFrom, jfk, samplesOf } from '../../fixtures/speech-clips.ts'

const modelDir = await testModels()
const recognizer = new MoonshineRecognizer({ modelDir, workers: 1 })
t.teardown(() => recognizer.close())

t.test('a turn that voice activity found has the same words', async t => {
  const samples = await samplesOf(jfk)
  const stage = new LocalTranscriber({ recognizer, live: true })
  const found = await eventsOf(stage, stage => {
    for (const chunk of chunksFrom(samples, 800)) stage.write(chunk)
  })
  const detector = localVad({ type: 'local_vad', modelDir })(16_000)
  const marks = [...(await detector.push(samples)), ...(await detector.end())]
  await detector.close?.()
  const parts: Float32Array[] = []
  let from = 0
  for (const mark of marks)
    if (mark.type === 'open') from = mark.from
    else parts.push(samples.subarray(from, mark.to))
  const audio = joinSamples(parts)
  const manual = new RecordedSession(ManualSession, recognizer, audio)
  let to = 0
  for (const { length } of parts) {
    manual.push((to += length))
    void manual.commit()
  }
  await manual.session.end()
  const texts = found.flatMap(event =>
    event.type === 'final' ? [event.text] : [],
  )
  t.ok(texts.length >= 3)
  t.same(
    manual.finals.map(({ text }) => text),
    texts,
  )
})
