import { inspect } from 'node:util'
import OpenAI from 'openai'
import t from 'tap'
import {
  FileTranscriber,
  type FileTranscriberOptions,
} from '../../../lib/openai/files/file-transcriber.ts'
import { clip } from '../../fixtures/audio.ts'
import { CANARY } from '../../fixtures/upload-server.ts'

type Options = Omit<FileTranscriberOptions, 'client'>

const client = new OpenAI({ apiKey: CANARY })

t.test('refuses options that cannot be combined', async t => {
  const reference = clip('jfk.mp3')
  const known = (...names: string[]) => names.map(name => ({ name, reference }))
  const diarize = 'gpt-4o-transcribe-diarize'
  for (const [options, option, words] of [
    [
      { model: 'gpt-live-transcribe' },
      'model',
      /cannot transcribe files: use RealtimeTranscriber/,
    ],
    [{ model: '' }, 'model', /name of a model/],
    [
      { language: 'de', languages: ['en'] },
      'languages',
      /together with language/,
    ],
    [{ model: 'whisper-1', languages: ['de', 'en'] }, 'languages', /takes one/],
    [{ languages: [] }, 'languages', /at least one/],
    [{ languages: [''] }, 'languages', /non-empty/],
    [{ language: '' }, 'language', /non-empty/],
    [
      { model: 'whisper-1', keywords: ['a'] },
      'keywords',
      /'whisper-1'.*prompt/,
    ],
    [{ keywords: ['<a>'] }, 'keywords', /line breaks/],
    [{ model: diarize, prompt: 'a' }, 'prompt', /cannot be used with/],
    [{ responseFormat: 'srt' }, 'responseFormat', /one of 'json', 'text'/],
    [
      { model: diarize, responseFormat: 'json', knownSpeakers: known('a') },
      'knownSpeakers',
      /diarized_json/,
    ],
    [{ temperature: 2 }, 'temperature', /from 0 to 1/],
    [{ include: ['logprobs'] }, 'include', /gpt-4o-transcribe/],
    [
      { model: 'gpt-4o-transcribe', include: ['words'] },
      'include',
      /'logprobs'/,
    ],
    [
      {
        model: 'gpt-4o-transcribe',
        responseFormat: 'text',
        include: ['logprobs'],
      },
      'include',
      /'json'/,
    ],
    [{ wordTimes: true }, 'wordTimes', /use whisper-1/],
    [
      { model: 'whisper-1', responseFormat: 'srt', wordTimes: true },
      'wordTimes',
      /verbose_json/,
    ],
    [
      { model: 'whisper-1', timestampGranularities: ['letter'] },
      'timestampGranularities',
      /'word', 'segment'/,
    ],
    [
      { model: 'whisper-1', wordTimes: true, timestampGranularities: ['word'] },
      'timestampGranularities',
      /together/,
    ],
    [{ model: 'whisper-1', stream: true }, 'stream', /does not stream/],
    [
      { model: 'my-own', stream: true, responseFormat: 'vtt' },
      'stream',
      /'vtt'/,
    ],
    [{ stream: 'yes' }, 'stream', /true or false/],
    [{ turnDetection: { type: 'vad' } }, 'turnDetection.type', /server_vad/],
    [
      { turnDetection: { type: 'server_vad', threshold: 2 } },
      'turnDetection.threshold',
      /0 to 1/,
    ],
    [{ knownSpeakers: known('a') }, 'knownSpeakers', /diarize/],
    [
      { model: diarize, knownSpeakers: known('a', 'b', 'c', 'd', 'e') },
      'knownSpeakers',
      /at most 4/,
    ],
    [
      { model: diarize, knownSpeakers: known('a', 'a') },
      'knownSpeakers',
      /different/,
    ],
    [{ model: diarize, knownSpeakers: known('') }, 'knownSpeakers', /names/],
    [
      {
        model: diarize,
        knownSpeakers: [{ name: 'a', reference: Buffer.from('words') }],
      },
      'knownSpeakers',
      /FLAC, MP3/,
    ],
    [
      {
        model: diarize,
        knownSpeakers: [{ name: 'a', reference: 'https://a.example/b.wav' }],
      },
      'knownSpeakers',
      /data:audio/,
    ],
    [
      {
        model: diarize,
        knownSpeakers: [
          {
            name: 'a',
            reference: `data:audio/wav;base64,${'A'.repeat(26_200_000)}`,
          },
        ],
      },
      'knownSpeakers',
      /does not fit/,
    ],
    [{ concurrency: 0 }, 'concurrency', /from 1/],
    [{ maxRetries: -1 }, 'maxRetries', /from 0/],
    [{ retryForMs: -1 }, 'retryForMs', /from 0/],
    [{ timeoutMs: 0 }, 'timeoutMs', /from 1/],
    [{ fileName: 1 }, 'fileName', /string/],
    [{ signal: {} }, 'signal', /AbortSignal/],
    [{ raw: { encoding: 's8' } }, 'raw.encoding', /one of/],
    [{ client: { apiKey: CANARY } }, 'client', /OpenAI or AzureOpenAI/],
    [{ client: undefined }, 'client', /OpenAI or AzureOpenAI/],
  ] as const) {
    let error: unknown
    try {
      new FileTranscriber({ client, ...(options as Options) }).destroy()
    } catch (problem) {
      error = problem
    }
    t.match(error, { code: 'VOX_OPTION', option, message: words }, option)
    t.notMatch(inspect(error, { depth: Infinity }), 'CANARY')
  }
})

t.test('no inspectable property has the key', async t => {
  const stage = new FileTranscriber({ client })
  const shown = inspect(stage, { depth: Infinity, showHidden: true })
  t.notMatch(shown, 'CANARY')
  stage.destroy()
})

t.test('a stage that is aborted immediately ends immediately', async t => {
  const signal = AbortSignal.abort(new Error('no'))
  const stage = new FileTranscriber({ client, signal })
  const [error] = await new Promise<[Error]>(resolve =>
    stage.once('error', (...all) => resolve(all)),
  )
  t.equal(error.name, 'AbortError')
})
