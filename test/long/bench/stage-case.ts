import t from 'tap'
import stageCase, {
  type StageAnswer,
  type StageQuestion,
} from '../../../benchmarks/throughput/stage-case.ts'
import { stageNames } from '../../../benchmarks/throughput/throughput-tables.ts'
import { findFfmpeg } from '../../../lib/io/ffmpeg.ts'
import { ask, shortClip } from '../../fixtures/bench-context.ts'

const clips = [await shortClip()]

for (const stage of stageNames)
  t.test(`${stage}: as much comes out as goes in`, async t => {
    const question: StageQuestion = { stage, clips, seconds: 5, runs: 2 }
    const { speeds, absent } = await stageCase(question)
    const made = stage.endsWith('mp3') || stage.endsWith('opus')
    if (made && !findFfmpeg()) return void t.match(absent, /ffmpeg/)
    t.equal(absent, undefined)
    t.equal(speeds.length, 2)
    t.ok(speeds.every(speed => speed > 0))
  })

t.test('in a process of its own', async t => {
  const stage = 'decode → resample → chunk'
  const question: StageQuestion = { stage, clips, seconds: 5, runs: 1 }
  const { speeds } = await ask<StageAnswer>('throughput-stage', question)
  t.equal(speeds.length, 1)
})

t.test('without ffmpeg what it makes is absent', async t => {
  const before = process.env['VOXPIPE_FFMPEG']
  t.teardown(() => {
    if (before === undefined) delete process.env['VOXPIPE_FFMPEG']
    else process.env['VOXPIPE_FFMPEG'] = before
  })
  process.env['VOXPIPE_FFMPEG'] = '/no/ffmpeg'
  t.match(
    await stageCase({ stage: 'decode mp3', clips, seconds: 1, runs: 1 }),
    { speeds: [], absent: /no ffmpeg/ },
  )
})
