import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import t from 'tap'
import {
  CaptionFormatter,
  Decoder,
  LocalTranscriber,
  type LocalTranscriberOptions,
  Microphone,
  Stage,
  transcribe,
  type AudioChunk,
  type AudioFormat,
  type TranscriptEvent,
} from '../../lib/index.ts'
import { CaptionReader, type Cue } from '../../lib/captions/index.ts'
import { FileTranscriber, RealtimeTranscriber } from '../../lib/openai/index.ts'
import { jfk } from '../fixtures/speech-clips.ts'

class Loudness extends Stage<AudioChunk, number, { loud: [db: number] }> {}

type Client = ConstructorParameters<typeof FileTranscriber>[0]['client']

/** These have to compile, or not to. */
export const compiled = {
  decoder: (stage: Decoder) => {
    stage.on('format', ({ container, durationMs = 0 }: AudioFormat) => [
      container.length,
      durationMs,
    ])
    stage.once('warning', ({ code }) => code === 'VOX_TRUNCATED')
    stage.on('data', ({ channels }) => channels.length)
    stage.off('end', () => {})
    // @ts-expect-error it has no such event
    stage.on('fromat', () => {})
    // @ts-expect-error a format is no text
    stage.on('format', (format: string) => format)
    // @ts-expect-error a chunk is no event of a transcript
    stage.on('data', (event: TranscriptEvent) => event.type)
    // @ts-expect-error only LocalTranscriber has this event
    stage.on('settled', () => {})
    return new Promise<void>(resolve => stage.once('close', resolve))
  },
  local: (stage: LocalTranscriber) => {
    stage.on('settled', () => stage.settled)
    stage.on('data', event => event.type === 'final' && event.text)
    // @ts-expect-error its warnings are among its events
    stage.on('warning', () => {})
  },
  openai: (client: Client) => {
    new FileTranscriber({ client }).on('warning', ({ message }) => message)
    new RealtimeTranscriber({ client }).on(
      'server-event',
      ({ type, event_id: id }) => [type.length, id],
    )
    // @ts-expect-error FileTranscriber has no session
    new FileTranscriber({ client }).on('server-event', () => {})
  },
  others: () => {
    new CaptionReader().on('warning', ({ message }) => message.length)
    new CaptionReader().on('data', (cue: Cue) => cue.lines)
    new CaptionFormatter().on('data', (bytes: Buffer) => bytes.length)
    new Microphone().on('recording', recorder => recorder.length)
    new Microphone().on('data', (bytes: Buffer) => bytes.length)
    new Loudness().on('loud', db => db.toFixed(0))
    // @ts-expect-error it is a number
    new Loudness().on('loud', (db: string) => db)
    // @ts-expect-error a microphone decodes nothing
    new Microphone().on('format', () => {})
  },
  transcript: async () => {
    const transcript = transcribe(jfk)
    transcript.on('data', event => event.type === 'final' && event.words)
    // @ts-expect-error its format comes by the option onFormat
    transcript.on('format', () => {})
    // @ts-expect-error there is no such format
    await transcript.captions('doc')
    // @ts-expect-error transcribe() has no turns by hand
    transcribe(jfk, { turnDetection: { type: 'manual' } })
    // @ts-expect-error an order is of time or of channels
    transcribe(jfk, { channels: 'separate', order: 'start' })
    // @ts-expect-error settings of turns are in turnDetection
    const beside: LocalTranscriberOptions = { silenceDurationMs: 500 }
    const other: LocalTranscriberOptions = {
      // @ts-expect-error no server finds its turns
      turnDetection: { type: 'server_vad' },
    }
    for await (const event of transcript)
      // @ts-expect-error an event has no such type
      if (event.type === 'partial') return undefined
    const readable: Readable = transcript
    return [readable, beside, other]
  },
}

t.test('listeners get the arguments that their types say', async t => {
  const decoder = createReadStream(jfk).pipe(new Decoder())
  const format = new Promise<AudioFormat>(resolve =>
    decoder.on('format', resolve),
  )
  const [chunk] = (await once(decoder, 'data')) as [AudioChunk]
  decoder.resume()
  t.match(await format, { container: 'wav', sampleRate: 16_000 })
  t.equal(chunk.channels.length, 1)
  await new Promise<void>(resolve => decoder.once('close', resolve))
  t.ok(decoder.destroyed)
})
