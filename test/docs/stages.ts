import { Stream } from 'node:stream'
import OpenAI from 'openai'
import t from 'tap'
import * as captions from '../../lib/captions/index.ts'
import * as main from '../../lib/index.ts'
import * as openai from '../../lib/openai/index.ts'
import { textOf } from '../fixtures/markdown.ts'

const voxpipe = { ...main, ...captions, ...openai }

const isStream = (value: unknown): boolean =>
  typeof value === 'function' && value.prototype instanceof Stream

const stageNames = Object.entries(voxpipe)
  .filter(([name, value]) => isStream(value) && name !== 'Stage')
  .map(([name]) => name)
  .sort()

t.test('the guide has every stage', async t => {
  const [, table = ''] = textOf('docs/guide/pipelines.md').split('\n| stage')
  const rows = [...table.split('\n\n')[0]!.matchAll(/^\| `(\w+)`/gm)]
  t.same(rows.map(row => row[1]!).sort(), stageNames)
})

t.test('every stage takes a signal', async t => {
  const client = new OpenAI({ apiKey: 'any' })
  const signal = 'none' as unknown as AbortSignal
  const stages: Readonly<Record<string, () => unknown>> = {
    CaptionFormatter: () => new voxpipe.CaptionFormatter({ signal }),
    CaptionReader: () => new voxpipe.CaptionReader({ signal }),
    Chunker: () => new voxpipe.Chunker({ signal }),
    CueMaker: () => new voxpipe.CueMaker({ signal }),
    Decoder: () => new voxpipe.Decoder({ signal }),
    FileTranscriber: () => new voxpipe.FileTranscriber({ client, signal }),
    HlsCaptions: () => new voxpipe.HlsCaptions({ signal }),
    HlsFolder: () => new voxpipe.HlsFolder('folder', { signal }),
    LiveCaptions: () => new voxpipe.LiveCaptions({ signal }),
    LocalTranscriber: () => new voxpipe.LocalTranscriber({ signal }),
    Microphone: () => new voxpipe.Microphone({ signal }),
    RealtimeTranscriber: () =>
      new voxpipe.RealtimeTranscriber({ client, signal }),
    Resampler: () => new voxpipe.Resampler({ sampleRate: 16_000, signal }),
    SpeakerAssigner: () =>
      new voxpipe.SpeakerAssigner({ speakers: [], signal }),
  }
  t.same(Object.keys(stages), stageNames)
  for (const [name, make] of Object.entries(stages))
    t.throws(make, { code: 'VOX_OPTION', option: 'signal' }, name)
})
