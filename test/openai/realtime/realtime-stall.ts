// In a process of its own: it measures memory, and what is spooled.
import { once } from 'node:events'
import t from 'tap'
import type { AudioChunk } from '../../../lib/core/audio-chunk.ts'
import { numberedAudio, numberedTurns } from '../../../lib/testing/index.ts'
import { runNumbered } from '../../fixtures/realtime-run.ts'
import {
  everyWord,
  stallAll,
  StalledRun,
  stallVariants,
  withSilence,
} from '../../fixtures/realtime-stall.ts'

// What is loaded once is no memory of a run.
t.before(async () => {
  await runNumbered({ frames: 10 })
})

// Longer ones, and with the other way to find turns: test/long/realtime/stall.ts.
const live = 'gpt-live-transcribe'
stallAll(t, { file: 2, live: 3 }, { [live]: stallVariants[live]! })

t.test('a file waits for a line that lets nothing through', async t => {
  const frames = 1_500
  await using run = await StalledRun.open({ frames, stops: false })
  const fed = run.feed()
  await run.heard()
  run.clog()
  await run.quiet()
  const waiting = run.givenMs - run.heardMs
  t.ok(waiting > 40_000 && waiting < 90_000, `${waiting} ms`)
  t.equal(run.spilledMs, undefined)
  run.resume()
  await fed
  t.same(await run.end(), everyWord)
})

t.test('what waits on disk goes away with the stream', async t => {
  await using run = await StalledRun.open({ frames: 2_000, live: true })
  await run.feed()
  t.ok(run.spilledMs! > 0)
  run.transcriber.destroy()
  await once(run.transcriber, 'close')
  t.equal(run.spilledMs, undefined)
})

t.test('silence behind a turn without an answer goes to disk', async t => {
  const frames = 200
  const silence = 5 * 60_000
  const audio = withSilence(frames, 150, silence)
  await using run = await StalledRun.open({ frames, audio })
  await run.feed()
  await run.quiet()
  const used = await run.usedMB()
  t.ok(used < 8, `${used.toFixed(1)} MB`)
  t.ok(run.spilledMs! > silence - 150_000, `${run.spilledMs} ms`)
  run.resume()
  t.same(await run.end(), everyWord)
  t.equal(run.spilledMs, undefined)
})

t.test('a turn that goes on for minutes goes to disk', async t => {
  const frames = 2_000
  const pauseFrames = 0
  await using run = await StalledRun.open({
    frames,
    audio: numberedAudio({ frames, pauseFrames }),
    turnDetection: numberedTurns({ pauseFrames, maxTurnFrames: frames + 1 }),
    stops: false,
  })
  await run.feed()
  t.ok(run.spilledMs! > 60_000, `${run.spilledMs} ms`)
  run.reset()
  t.same(await run.end(), everyWord)
  t.equal(run.spilledMs, undefined)
})

t.test('a jump of minutes delays nothing', async t => {
  const frames = 200
  function* audio(): Generator<AudioChunk> {
    let jump = 0
    for (const chunk of numberedAudio({ frames })) {
      if (chunk.offset === 240_000) jump = 30 * 60 * 24_000
      yield { ...chunk, offset: chunk.offset + jump }
    }
  }
  for (const options of Object.values(stallVariants)) {
    const stops = false
    const source = { frames, audio: audio(), stops }
    await using run = await StalledRun.open({ ...source, ...options })
    await run.feed()
    const { complete, ...count } = await run.end()
    t.notOk(complete, 'the jump is a gap')
    t.same({ ...count, complete: true }, everyWord)
  }
})
