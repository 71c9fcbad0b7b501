import t from 'tap'
import type { AudioChunk } from '../../../lib/core/audio-chunk.ts'
import type { TranscriptEvent } from '../../../lib/core/transcript-event.ts'
import {
  countNumbers,
  recognizeNumbers,
  numberedAudio,
  numberedTurns,
} from '../../../lib/testing/index.ts'
import {
  RealtimeTranscriber,
  type RealtimeTranscriberOptions,
} from '../../../lib/openai/realtime/realtime-transcriber.ts'
import { clientOf, quickly, runNumbered } from '../../fixtures/realtime-run.ts'
import { runToEnd, textsOf } from '../../fixtures/run-to-end.ts'
import {
  WireServer,
  type WireEvent,
  type WireOptions,
} from '../../fixtures/wire-server.ts'

const KIND = 'conversation.item.input_audio_transcription'

/** A turn that a client committed, and what may be said of it. */
type Commit = {
  /** Number of the commit, from 1, over all connections. */
  readonly nth: number
  readonly connection: number
  readonly text: string
  readonly committed: (item: string, previous?: string | null) => void
  readonly completed: (item: string) => void
  readonly failed: (item: string, error: object) => void
}

/** Numbered audio through a transcriber to a server that hears it. */
const run = async (
  onCommit: (commit: Commit) => void,
  {
    frames = 30,
    server: serverOptions = {},
    source = numberedAudio({ frames }),
    onEvent = () => {},
    ...options
  }: {
    frames?: number
    source?: Iterable<AudioChunk>
    server?: WireOptions
    onEvent?: (event: WireEvent, say: (event: object) => void) => void
  } & Partial<RealtimeTranscriberOptions> = {},
) => {
  const audio = new Map<number, Buffer[]>()
  let nth = 0
  await using server = await WireServer.listen((event, say, _, connection) => {
    onEvent(event, say)
    const heard = audio.get(connection) ?? []
    audio.set(connection, heard)
    if (event.type === 'input_audio_buffer.append')
      heard.push(Buffer.from(String(event['audio']), 'base64'))
    if (event.type === 'input_audio_buffer.clear') heard.length = 0
    if (event.type !== 'input_audio_buffer.commit') return
    const bytes = Uint8Array.from(Buffer.concat(heard.splice(0)))
    const text = recognizeNumbers(new Int16Array(bytes.buffer))
    onCommit({
      nth: ++nth,
      connection,
      text,
      committed: (item_id, previous_item_id) =>
        say({
          type: 'input_audio_buffer.committed',
          item_id,
          previous_item_id,
        }),
      completed: item_id =>
        say({ type: `${KIND}.completed`, item_id, transcript: text }),
      failed: (item_id, error) =>
        say({ type: `${KIND}.failed`, item_id, error }),
    })
  }, serverOptions)
  const transcriber = new RealtimeTranscriber({
    client: clientOf(server),
    model: 'gpt-transcribe',
    turnDetection: numberedTurns(),
    timing: quickly,
    ...options,
  })
  const { events, error } = await runToEnd(source, transcriber)
  const { lost, doubled, broken } = countNumbers(textsOf(events), frames)
  const { connections, received } = server
  return {
    events,
    error,
    connections,
    received,
    commits: nth,
    wrong: [...lost, ...doubled, ...broken],
    warnings: events.flatMap(e => (e.type === 'warning' ? [e.message] : [])),
  }
}

const gapsOf = (events: readonly TranscriptEvent[]) =>
  events.filter(({ type }) => type === 'gap')

/** Answers as the service does. */
const answer = ({ nth, committed, completed }: Commit): void => {
  committed(`item_${nth}`)
  completed(`item_${nth}`)
}

const nowS = (): number => Math.floor(Date.now() / 1_000)

for (const [name, expires_at] of Object.entries({
  'long ago': 0,
  'an hour ago': nowS() - 3_600,
  now: nowS(),
  soon: nowS() + 2,
  'in an hour of a clock years ahead': nowS() + 1e8 + 3_600,
}))
  t.test(`a session that expires ${name} by this clock is kept`, async t => {
    const created = { type: 'session.created', session: { expires_at } }
    const ahead = new Date((nowS() + 1e8) * 1_000)
    for (const date of [undefined, new Date(), ahead]) {
      const headers = date ? [`Date: ${date.toUTCString()}`] : []
      const server = { created, headers }
      const { wrong, connections } = await run(answer, { server })
      t.same(wrong, [])
      t.equal(connections, 1)
    }
  })

t.test('a session that no longer answers is replaced', async t => {
  const { wrong, connections, events } = await run(
    commit => {
      if (commit.connection > 1 || commit.nth <= 2) return answer(commit)
      commit.committed(`item_${commit.nth}`)
    },
    { timing: { ...quickly, answerMs: 200 } },
  )
  t.same(wrong, [])
  t.ok(connections >= 2, `${connections} connections`)
  t.match(events.at(-1), { type: 'end', complete: true })
})

t.test('resends the last turn on another session', async t => {
  // Both waits are over at the same time.
  const timing = { ...quickly, answerMs: 300, drainMs: 300 }
  const { wrong, connections } = await run(
    commit => {
      if (commit.nth !== 6) return answer(commit)
      commit.committed('item_6')
    },
    { timing },
  )
  t.same(wrong, [])
  t.equal(connections, 2)
})

t.test('resends a last turn that was not committed', async t => {
  const timing = { ...quickly, answerMs: 60_000, drainMs: 300 }
  const { wrong, connections } = await run(
    commit => {
      if (commit.nth !== 6) answer(commit)
    },
    { timing },
  )
  t.same(wrong, [])
  t.equal(connections, 2)
})

t.test('retries a busy service when it asks for it', async t => {
  let [busy, refused] = [true, 0]
  const { wrong, commits, connections } = await run(commit => {
    if (!busy) return answer(commit)
    refused++
    const code = 'rate_limit_exceeded'
    const message = 'Too many requests; try again in 250ms.'
    commit.committed(`item_${commit.nth}`)
    commit.failed(`item_${commit.nth}`, { code, message })
    setTimeout(() => (busy = false), 600)
  })
  t.same(wrong, [])
  t.ok(refused >= 2, 'it is asked again while it is busy')
  t.equal(connections, 1)
  t.ok(commits <= 6 + refused, `${commits} commits`)
})

t.test('a wait that ends while turns are looked at is noticed', async t => {
  const { wrong, connections } = await run(
    commit => {
      if (commit.nth > 1_000) return answer(commit)
      const message = `Too many requests; try again in ${1 + Math.random()}ms.`
      commit.committed(`item_${commit.nth}`)
      commit.failed(`item_${commit.nth}`, { code: 'rate_limit', message })
    },
    { frames: 5, timing: { ...quickly, drainMs: 5_000 } },
  )
  t.same(wrong, [])
  t.equal(connections, 1, 'nothing had to be started again')
})

t.test('gives up on a service that stays busy', async t => {
  const timing = { ...quickly, giveUpMs: 100 }
  const { events, error } = await run(
    ({ nth, committed, failed }) => {
      committed(`item_${nth}`)
      failed(`item_${nth}`, { code: 'rate_limit_exceeded' })
    },
    { timing, frames: 10 },
  )
  t.equal(error, undefined)
  t.equal(gapsOf(events).length, 2)
})

t.test('gives up only on the turn that ends each session', async t => {
  const at = { frame: 7 }
  const close = { close: 1011, reason: 'internal error' }
  for (const model of ['gpt-transcribe', 'gpt-live-transcribe']) {
    const { events, connections } = await runNumbered({
      frames: 40,
      model,
      faults: [{ at, do: close, times: 10_000 }],
    })
    t.match(gapsOf(events), [{ start: 700, end: 1_200 }])
    t.equal(gapsOf(events).length, 1)
    t.equal(textsOf(events).length, 7)
    t.ok(connections <= 6, `${connections} connections`)
  }
})

t.test('broken connections do not count against a turn', async t => {
  const at = { event: 'input_audio_buffer.commit' }
  const { wrong, events } = await runNumbered({
    frames: 20,
    faults: [{ at, do: 'reset', times: 12 }],
  })
  t.equal(wrong, 0)
  t.match(events.at(-1), { type: 'end', complete: true })
})

t.test('network failures do not give up a turn', async t => {
  const timing = { ...quickly, pingMs: 100 }
  for (const turnDetection of [
    numberedTurns(),
    { type: 'server_vad', silenceDurationMs: 120 } as const,
  ]) {
    const { wrong, events } = await runNumbered({
      frames: 40,
      timing,
      turnDetection,
      faults: [{ at: { frame: 17 }, do: 'stall', times: 6 }],
    })
    t.equal(wrong, 0)
    t.match(events.at(-1), { type: 'end', complete: true })
  }
})

t.test('works with a server that numbers no items', async t => {
  // Some servers send one fixed text in place of the previous item.
  for (const previous of [null, undefined, 'item_unknown']) {
    const { wrong, connections } = await run(commit => {
      commit.committed(`item_${commit.nth}`, previous)
      commit.completed(`item_${commit.nth}`)
    })
    t.same(wrong, [], String(previous))
    t.ok(connections <= 2, `${connections} connections`)
  }
})

t.test('works with a server that answers under other items', async t => {
  const { wrong, warnings, connections } = await run(commit => {
    commit.committed(`a${commit.nth}`)
    commit.completed(`b${commit.nth}`)
  })
  t.same(wrong, [])
  t.ok(connections <= 2, `${connections} connections`)
  t.match(warnings.join(), /which turn an answer belongs to/)
})

t.test('warns about a repeated commitment', async t => {
  const { wrong, warnings, connections } = await run(commit => {
    commit.committed(`item_${commit.nth}`)
    answer(commit)
  })
  t.same(wrong, [])
  t.equal(connections, 1)
  t.match(warnings, [/committed before/])
})

t.test('a server of the first version of the protocol works', async t => {
  const created = { type: 'transcription_session.created', session: {} }
  const { wrong, received } = await run(answer, { server: { created } })
  t.same(wrong, [])
  t.match(
    received.find(({ type }) => type === 'transcription_session.update'),
    {
      session: {
        input_audio_format: 'pcm16',
        input_audio_transcription: { model: 'gpt-transcribe' },
        turn_detection: null,
      },
    },
  )
})

t.test('loud audio without a turn of the server is one turn', async t => {
  const { warnings, wrong, events } = await run(answer, {
    turnDetection: { type: 'server_vad' },
    onEvent: () => {},
  })
  t.same(wrong, [])
  t.equal(gapsOf(events).length, 0)
  t.equal(warnings.length, 0)
})

t.test('warns about a server that finds no turns', async t => {
  const { warnings, wrong, events } = await run(
    commit => commit.connection > 1 && answer(commit),
    { turnDetection: { type: 'server_vad' } },
  )
  t.same(wrong, [])
  t.match(events.at(-1), { type: 'end', complete: true })
  t.match(warnings.join(' '), /no turn in audio that is as loud as speech/)
})

t.test('ends a turn that the server does not end', async t => {
  let items = 0
  const frames = 1_400
  const { wrong, events } = await run(answer, {
    frames,
    source: numberedAudio({ frames, pauseFrames: 0, chunkMs: 500 }),
    turnDetection: { type: 'server_vad' },
    onEvent: ({ type }, say) => {
      if (type !== 'input_audio_buffer.append' || items > 0) return
      const item_id = `found_${++items}`
      const started = 'input_audio_buffer.speech_started'
      say({ type: started, item_id, audio_start_ms: 0 })
    },
  })
  t.same(wrong, [])
  const first = events.find(({ type }) => type === 'final')
  const { start, end } = first as { start: number; end: number }
  // How far the server is, is asked every 10 s of audio.
  t.ok(end - start >= 120_000 && end - start < 131_000, `${end - start} ms`)
  t.match(events.at(-1), { type: 'end', complete: true })
})
