import { given } from '../../core/options.ts'
import type { FinalEvent, Usage, Word } from '../../core/transcript-event.ts'
import type { EventFormat } from './caption-writer.ts'

/** Characters that JSON allows, but that affect terminals or line readers. */
const unsafe = /[\u007f-\u009f\u202a-\u202e\u2028\u2029\u2066-\u2069\ufeff]/gu

/** Writes JSON in one line, with unsafe characters as `\uXXXX`. */
const toJson = (value: unknown): string =>
  JSON.stringify(value).replace(
    unsafe,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const seconds = (ms: number): number => Math.round(ms) / 1000

const wordOf = ({ text, start, end, ...rest }: Word) =>
  given({
    word: text,
    start: seconds(start),
    end: seconds(end),
    probability: rest.probability,
    speaker: rest.speaker,
    source: rest.source,
  })

const segmentOf = (final: FinalEvent, id: number) =>
  given({
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

const usageOf = (usage: Usage) =>
  usage.type === 'duration'
    ? usage
    : {
        type: usage.type,
        input_tokens: usage.input,
        output_tokens: usage.output,
        total_tokens: usage.total,
      }

type Extras = {
  gaps?: { start: number; end: number; reason: string }[]
  warnings?: { code: string; message: string }[]
  usage?: ReturnType<typeof usageOf>
}

/**
 * One JSON object, a superset of OpenAI's `verbose_json` with times in seconds,
 * written at the end. `language` is that of the first final that has one, or
 * `en`. `duration` is that of the `end` event, or the end of the last final or
 * gap. `complete` is false if there are gaps or no `end` event.
 */
export const json: EventFormat = {
  extension: 'json',
  open() {
    let language: string | undefined
    let duration = 0
    let complete = false
    const segments: ReturnType<typeof segmentOf>[] = []
    const extras: Extras = {}
    return {
      begin: () => '',
      event(event) {
        if (event.type === 'final') {
          language ??= event.language
          segments.push(segmentOf(event, segments.length))
          duration = Math.max(duration, seconds(event.end))
        } else if (event.type === 'gap') {
          const [start, end] = [seconds(event.start), seconds(event.end)]
          extras.gaps ??= []
          extras.gaps.push({ start, end, reason: event.reason })
          duration = Math.max(duration, end)
        } else if (event.type === 'warning') {
          extras.warnings ??= []
          extras.warnings.push({ code: event.code, message: event.message })
        } else if (event.type === 'end') {
          duration = seconds(event.duration)
          complete = event.complete
          if (event.usage) extras.usage = usageOf(event.usage)
        }
        return ''
      },
      end() {
        const texts = segments.map(segment => segment.text.trim())
        const words = segments.flatMap(segment => segment.words ?? [])
        const transcript = {
          task: 'transcribe',
          language: language ?? 'en',
          duration,
          text: texts.filter(text => text !== '').join(' '),
          ...extras,
          segments,
          ...(words.length > 0 && { words }),
          complete,
        }
        return `${toJson(transcript)}\n`
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
