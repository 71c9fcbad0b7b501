import t from 'tap'
import type { TurnDetector, TurnMark } from '../../../lib/core/turn-detector.ts'
import { numberedTurns } from '../../../lib/testing/index.ts'
import { DetectorRunner } from '../../../lib/openai/realtime/local-turns.ts'
import { numberedFloats } from '../../fixtures/numbered.ts'

const audio = numberedFloats({ frames: 10, sampleRate: 24_000 })

const open = () => {
  const marks: TurnMark[] = []
  const detection = numberedTurns()
  const finder = new DetectorRunner(detection, mark => void marks.push(mark))
  return { marks, finder }
}

/** The same marks, so many samples later. */
const later = (marks: readonly TurnMark[], by: number): TurnMark[] =>
  marks.map(mark =>
    mark.type === 'open'
      ? { ...mark, from: mark.from + by, start: mark.start + by }
      : { ...mark, end: mark.end + by, to: mark.to + by },
  )

const alone = async (): Promise<TurnMark[]> => {
  const { finder, marks } = open()
  await finder.push(audio, 0)
  await finder.end(audio.length)
  return marks
}

t.test('marks are places in the source', async t => {
  const expected = await alone()
  t.equal(expected.length, 4, 'two turns')
  const { finder, marks } = open()
  t.equal(finder.settled, 0)
  await finder.push(audio, 72_000)
  t.ok(finder.settled >= 72_000)
  await finder.end(72_000 + audio.length)
  t.same(marks, later(expected, 72_000))
  t.equal(finder.settled, 72_000 + audio.length)
})

t.test('starts a new detector after a jump', async t => {
  const expected = await alone()
  const { finder, marks } = open()
  await finder.push(audio, 0)
  await finder.end(audio.length)
  const next = audio.length + 240_000
  await finder.push(audio.subarray(0, 5_000), next)
  await finder.push(audio.subarray(5_000), next + 5_000)
  await finder.end(next + audio.length)
  t.same(marks, [...expected, ...later(expected, next)])
})

t.test('each detector is closed once, and one for 24 kHz', async t => {
  const calls: string[] = []
  const detection = (sampleRate: number): TurnDetector => {
    calls.push(`made for ${sampleRate}`)
    return {
      settled: 7,
      push: () => [],
      end: () => (calls.push('end'), []),
      close: () => void calls.push('close'),
    }
  }
  const finder = new DetectorRunner(detection, () => {})
  await finder.end(0)
  await finder.close()
  t.same(calls, [], 'no audio, no detector')
  await finder.push(audio, 100)
  t.equal(finder.settled, 107)
  await finder.end(200)
  await finder.push(audio, 300)
  await finder.close()
  await finder.close()
  const made = 'made for 24000'
  t.same(calls, [made, 'end', 'close', made, 'close'])
})
