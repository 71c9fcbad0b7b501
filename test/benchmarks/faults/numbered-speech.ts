import t from 'tap'
import {
  atRealTime,
  numberedSpeech,
  silence,
} from '../../../benchmarks/faults/numbered-speech.ts'
import { recognizeNumbers } from '../../../lib/testing/index.ts'

t.test('words come in chunks of 50 ms', async t => {
  const chunks = numberedSpeech(12)
  t.equal(chunks.length, (12 + 6) * 2)
  t.ok(chunks.every(({ byteLength }) => byteLength === 2_400))
  const bytes = Buffer.concat([...chunks, ...silence(120)])
  t.equal(bytes.length, (36 + 3) * 2_400)
  const heard = new Int16Array(bytes.length / 2)
  for (let i = 0; i < heard.length; i++) heard[i] = bytes.readInt16LE(2 * i)
  t.equal(
    recognizeNumbers(heard),
    Array.from({ length: 12 }, (_, i) => `w${i}`).join(' '),
  )
})

t.test('no chunk comes before it was said', async t => {
  const places: number[] = []
  const begun = performance.now()
  const chunks = numberedSpeech(2)
  const came: Uint8Array[] = []
  for await (const chunk of atRealTime(chunks, (ms, late) => {
    places.push(ms)
    t.ok(late >= 0)
  }))
    came.push(chunk)
  t.ok(performance.now() - begun >= 200)
  t.same(places, [0, 50, 100, 150])
  t.same(came, chunks)
})
