import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { chunksOf } from '../../lib/core/stage.ts'
import type { TranscriptEvent } from '../../lib/core/transcript-event.ts'
import { scriptedRecognizer } from '../../lib/testing/index.ts'
import { LocalTranscriber } from '../../lib/transcribe/local-transcriber.ts'
import { jfkWords } from '../fixtures/scripted.ts'
import {
  chunksFrom,
  jfk,
  jfkStart,
  samplesOf,
} from '../fixtures/speech-clips.ts'

const speech = await samplesOf(jfk)
const turn = speech.subarray(0, 3 * 16_000)

/** What somebody reads who takes his time, and how it ends. */
const readSlowly = async (
  stage: LocalTranscriber,
): Promise<{ events: TranscriptEvent[]; error: unknown }> => {
  const events: TranscriptEvent[] = []
  try {
    for await (const event of chunksOf(stage)) {
      await setImmediate()
      events.push(event)
    }
    return { events, error: undefined }
  } catch (error) {
    return { events, error }
  }
}

/** Three turns, with a jump of the offset behind each. */
const writeTurns = (stage: LocalTranscriber): void => {
  for (const at of [0, 1, 2])
    for (const chunk of chunksFrom(turn, 800, at * 10 * 16_000))
      stage.write(chunk)
}

t.test('delivers recognised turns when the engine fails', async t => {
  const recognizer = scriptedRecognizer({
    words: jfkWords.slice(0, 5),
    repeatMs: 10_000,
  })
  const stage = new LocalTranscriber({ recognizer }).pause()
  writeTurns(stage)
  // 25 s of silence end the last turn, and fill more than a step of detection.
  for (const chunk of chunksFrom(new Float32Array(25 * 16_000), 800, 480_000))
    stage.write(chunk)
  while (stage.settled < 40_000) await setImmediate()
  await recognizer.close()
  for (const chunk of chunksFrom(turn, 800, 1_600_000)) stage.write(chunk)
  const { events, error } = await readSlowly(stage)
  t.match(error, { code: 'VOX_ENGINE_FAILED' })
  const finals = events.filter(({ type }) => type === 'final')
  const starts = [288, 10_288, 20_288]
  t.match(
    finals,
    starts.map(start => ({ start, text: jfkStart })),
  )
  t.equal(finals.length, 3)
  t.notOk(events.some(({ type }) => type === 'end'))
})

t.test(
  'destroyed where an exception is handled, it leaves the process alone',
  async t => {
    const child = spawn(
      process.execPath,
      [
        ...process.execArgv.filter(arg => arg.includes('loader/register')),
        resolve(import.meta.dirname, '../fixtures/survivor.ts'),
      ],
      { stdio: 'inherit' },
    )
    t.same(await once(child, 'exit'), [0, null])
  },
)
