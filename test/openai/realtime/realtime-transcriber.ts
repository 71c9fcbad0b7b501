import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import t from 'tap'
import type { TurnDetection } from '../../../lib/core/turn-detector.ts'
import {
  SpeechServer,
  countNumbers,
  numberedAudio,
  numberedTurns,
} from '../../../lib/testing/index.ts'
import { RealtimeTranscriber } from '../../../lib/openai/realtime/realtime-transcriber.ts'
import { clientOf, quickly, runNumbered } from '../../fixtures/realtime-run.ts'
import { runToEnd, textsOf } from '../../fixtures/run-to-end.ts'
import { WireServer } from '../../fixtures/wire-server.ts'

t.test('an input without audio ends', async t => {
  const { events } = await runNumbered({ frames: 0 })
  t.match(events, [
    { type: 'start' },
    { type: 'end', duration: 0, complete: true },
  ])
})

t.test('answers that come after their deadline find their turn', async t => {
  const slow = { at: { event: 'session.updated' }, do: { slow: 450 } } as const
  const { events, wrong } = await runNumbered({
    model: 'gpt-live-transcribe',
    frames: 20,
    faults: [slow],
    timing: { ...quickly, answerMs: 400 },
  })
  t.equal(wrong, 0)
  t.match(events.at(-1), { type: 'end', complete: true })
})

t.test('a late failure does not end the current attempt', async t => {
  const kind = 'conversation.item.input_audio_transcription'
  const about = (item: number) => ({
    item_id: `item_${item}`,
    content_index: 0,
  })
  let commits = 0
  await using server = await WireServer.listen(({ type }, say) => {
    if (type !== 'input_audio_buffer.commit') return
    const type_ = 'input_audio_buffer.committed'
    say({ type: type_, item_id: `item_${++commits}` })
    if (commits === 2)
      for (const item of [1, 2]) say({ type: `${kind}.failed`, ...about(item) })
    if (commits === 3)
      say({ type: `${kind}.completed`, ...about(3), transcript: 'one' })
  })
  const transcriber = new RealtimeTranscriber({
    client: clientOf(server),
    model: 'gpt-transcribe',
    turnDetection: numberedTurns(),
    timing: { ...quickly, answerMs: 50 },
  })
  const source = numberedAudio({ frames: 5 })
  const { events } = await runToEnd(source, transcriber)
  t.same(textsOf(events), ['one'])
})

t.test(
  'nothing of the next turn is sent while marks are on their way',
  async t => {
    const find = numberedTurns({ turnFrames: 3 })
    // Finds at once, and tells later: it may be ahead of what it has told.
    const turnDetection: TurnDetection = rate => {
      const detector = find(rate)
      return {
        push: async samples => {
          const marks = detector.push(samples)
          await nextTurn()
          return marks
        },
        end: () => detector.end(),
        get settled() {
          return detector.settled
        },
      }
    }
    await using server = await SpeechServer.listen()
    const transcriber = new RealtimeTranscriber({
      client: clientOf(server),
      model: 'gpt-transcribe',
      turnDetection,
      timing: quickly,
    })
    // Before there is a session, nothing is sent at all.
    for (let type = ''; type !== 'session.updated';)
      [{ type }] = (await once(transcriber, 'server-event')) as [
        { type: string },
      ]
    const frames = 60
    const source = numberedAudio({ frames, turnFrames: 3, chunkMs: 700 })
    const { events } = await runToEnd(source, transcriber)
    const { lost, doubled, outOfOrder, broken } = countNumbers(
      textsOf(events),
      frames,
    )
    t.same([lost, doubled, outOfOrder, broken], [[], [], [], []])
  },
)
