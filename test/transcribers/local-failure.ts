import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { chunksOf } from '../../lib/core/stage.ts'
import { MoonshineRecognizer } from '../../lib/recognizers/moonshine/moonshine-recognizer.ts'
import { LocalTranscriber } from '../../lib/transcribers/local.ts'
import { testModels } from '../fixtures/models.ts'
import { chunksFrom, jfk, samplesOf } from '../fixtures/speech-clips.ts'

const modelDir = await testModels()
const speech = await samplesOf(jfk)
const turn = speech.subarray(0, 3 * 16_000)

/** What somebody reads who takes his time, and how it ends. */
const readSlowly = async (
  stage: LocalTranscriber,
): Promise<{ types: string[]; error: unknown }> => {
  const types: string[] = []
  try {
    for await (const { type } of chunksOf(stage)) {
      await setImmediate()
      types.push(type)
    }
    return { types, error: undefined }
  } catch (error) {
    return { types, error }
  }
}

const finals = (types: readonly string[]): number =>
  types.filter(type => type === 'final').length

/** Three turns, with a jump of the offset behind each. */
const writeTurns = (stage: LocalTranscriber): void => {
  for (const at of [0, 1, 2])
    for (const chunk of chunksFrom(turn, 800, at * 10 * 16_000))
      stage.write(chunk)
}

t.test('turns that were recognised are read when the engine fails', async t => {
  const recognizer = new MoonshineRecognizer({ modelDir, workers: 1 })
  t.teardown(() => recognizer.close())
  const stage = new LocalTranscriber({ recognizer }).pause()
  writeTurns(stage)
  // 25 s of silence end the last turn, and fill more than a step of detection.
  for (const chunk of chunksFrom(new Float32Array(25 * 16_000), 800, 480_000))
    stage.write(chunk)
  while (stage.settled < 40_000) await setImmediate()
  await recognizer.close()
  for (const chunk of chunksFrom(turn, 800, 1_600_000)) stage.write(chunk)
  const { types, error } = await readSlowly(stage)
  t.match(error, { code: 'VOX_ENGINE_FAILED' })
  t.equal(finals(types), 3)
  t.notOk(types.includes('end'))
})

t.test(
  'destroyed where an exception is handled, it leaves the process alone',
  async t => {
    const child = spawn(
      process.execPath,
      [
        ...process.execArgv.filter(arg => arg.includes('loader/register')),
        resolve(import.meta.dirname, '../fixtures/survivor.ts'),
        modelDir,
      ],
      { stdio: 'inherit' },
    )
    t.same(await once(child, 'exit'), [0, null])
  },
)
