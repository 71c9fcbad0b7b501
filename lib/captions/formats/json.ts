import { given } from '../../core/options.ts'
import type {
  FinalEvent,
  TranscriptEvent,
  Usage,
  Word,
  WordTimeSource,
} from '../../core/transcript-event.ts'
import type { EventFormat } from './caption-writer.ts'

/** Characters that JSON allows, but that affect terminals or line readers. */
const unsafe = /[\u007f-\u009f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/gu

/** Writes JSON in one line, with unsafe characters as `\uXXXX`. */
const toJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    unsafe,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** A word in OpenAI's form with additional fields, in seconds. */
type JsonWord = {
  word: string
  start: number
  end: number
  probability?: number
  speaker?: string
  source: WordTimeSource
}

/** A final as OpenAI's segment, in seconds. */
type JsonSegment = {
  id: number
  seek: 0
  start: number
  end: number
  text: string
  tokens?: number[]
  temperature?: number
  avg_logprob?: number
  compression_ratio?: number
  no_speech_prob?: number
  speaker?: string
  channel?: number
  words?: JsonWord[]
}

type JsonUsage =
  | { type: 'duration'; seconds: number }
  | {
      type: 'tokens'
      input_tokens: number
      output_tokens: number
      total_tokens: number
    }

/** A superset of OpenAI's `verbose_json`; times in seconds. */
type JsonTranscript = {
  task: 'transcribe'
  language: string
  duration: number
  text: string
  segments: JsonSegment[]
  words?: JsonWord[]
  gaps?: { start: number; end: number; reason: string }[]
  warnings?: { code: string; message: string }[]
  usage?: JsonUsage
  /** False if there are gaps or no `end` event. */
  complete: boolean
}

const seconds = (ms: number): number => Math.round(ms) / 1000

const wordOf = ({ text, start, end, ...rest }: Word): JsonWord =>
  given<JsonWord>({
    word: text,
    start: seconds(start),
    end: seconds(end),
    probability: rest.probability,
    speaker: rest.speaker,
    source: rest.source,
  })

const segmentOf = (final: FinalEvent, id: number): JsonSegment =>
  given<JsonSegment>({
    id,
    seek: 0,
    start: seconds(final.start),
    end: seconds(final.end),
    text: final.text,
    tokens: final.segment?.tokens,
    temperature: final.segment?.temperature,
    avg_logprob: final.segment?.avgLogprob,
    compression_ratio: final.segment?.compressionRatio,
    no_speech_prob: final.segment?.noSpeechProb,
    speaker: final.speaker,
    channel: final.channel,
    words: final.words?.map(wordOf),
  })

const usageOf = (usage: Usage): JsonUsage =>
  usage.type === 'duration'
    ? usage
    : {
        type: 'tokens',
        input_tokens: usage.input,
        output_tokens: usage.output,
        total_tokens: usage.total,
      }

const collect = (transcript: JsonTranscript, event: TranscriptEvent): void => {
  switch (event.type) {
    case 'final': {
      const segment = segmentOf(event, transcript.segments.length)
      transcript.segments.push(segment)
      transcript.duration = Math.max(transcript.duration, segment.end)
      break
    }
    case 'gap': {
      const [start, end] = [seconds(event.start), seconds(event.end)]
      transcript.gaps ??= []
      transcript.gaps.push({ start, end, reason: event.reason })
      transcript.duration = Math.max(transcript.duration, end)
      break
    }
    case 'warning':
      transcript.warnings ??= []
      transcript.warnings.push({ code: event.code, message: event.message })
      break
    case 'end':
      transcript.duration = seconds(event.duration)
      transcript.complete = event.complete
      if (event.usage) transcript.usage = usageOf(event.usage)
  }
}

/**
 * One JSON object, a superset of OpenAI's `verbose_json`, written at the end.
 * `language` is that of the first final that has one, or `en`; `duration` is
 * that of the `end` event, or the end of the last final or gap.
 */
export const json: EventFormat = {
  extension: 'json',
  open() {
    let language: string | undefined
    const transcript: JsonTranscript = {
      task: 'transcribe',
      language: 'en',
      duration: 0,
      text: '',
      segments: [],
      complete: false,
    }
    return {
      begin: () => '',
      event(event) {
        if (event.type === 'final') language ??= event.language
        collect(transcript, event)
        return ''
      },
      end() {
        const { segments, complete, ...rest } = transcript
        const texts = segments.map(segment => segment.text.trim())
        const words = segments.flatMap(segment => segment.words ?? [])
        const whole: JsonTranscript = {
          ...rest,
          language: language ?? 'en',
          text: texts.filter(text => text !== '').join(' '),
          segments,
          ...(words.length > 0 && { words }),
          complete,
        }
        return `${toJson(whole)}\n`
      },
    }
  },
}

/** The events, with times in ms, one JSON object per line. */
export const jsonl: EventFormat = {
  extension: 'jsonl',
  open: () => ({
    begin: () => '',
    event: event => `${toJson(event)}\n`,
    end: () => '',
  }),
}
