import type { Readable } from 'node:stream'
import type { FinalEvent, WarningEvent } from '../../core/transcript-event.ts'
import type { Recognizer } from '../../recognizers/recognizer.ts'
import { transcribe } from '../../index.ts'
import { checkLength, tooLong } from './failure.ts'

/** How an upload is heard. */
export type HearOptions = {
  readonly recognizer: Recognizer
  /** Language spoken, as far as that is known before. */
  readonly language: string | undefined
  /** Words that may come, for a recogniser that takes them. */
  readonly keywords?: readonly string[]
  /** Most audio, in ms. */
  readonly maxMs: number
  /** Ends it; aborted here where there is too much audio. */
  readonly abort: AbortController
  /** Called once it is known that this is audio. */
  readonly onAudio: () => void
  /** Called with each turn that has a text, in order. */
  readonly onFinal: (final: FinalEvent) => void
}

/** What was heard in an upload. */
export type Heard = {
  /** Turns with a text. */
  readonly finals: readonly FinalEvent[]
  /** Length of the audio, in ms. */
  readonly ms: number
  /** Codes of what should be known of it, as that it is cut short. */
  readonly warnings: readonly WarningEvent['code'][]
}

/**
 * Transcribes an upload. One that is longer than it may be is not cut but
 * refused, where that is noticed: no header is believed about it.
 *
 * @param input the path of a file, or its bytes
 * @throws Refused where it is too long or too short
 */
export const hear = async (
  input: string | Readable,
  {
    recognizer,
    language,
    keywords,
    maxMs,
    abort,
    onAudio,
    onFinal,
  }: HearOptions,
): Promise<Heard> => {
  const finals: FinalEvent[] = []
  const warnings = new Set<WarningEvent['code']>()
  let ms = 0
  const events = transcribe(input, {
    recognizer,
    ...(language && { language }),
    ...(keywords && { keywords }),
    signal: abort.signal,
    onFormat: onAudio,
    onProgress: ({ audioMs }) => {
      if (audioMs > maxMs) abort.abort(tooLong(maxMs))
    },
  })
  for await (const event of events) {
    if (event.type === 'end') ms = event.duration
    else if (event.type === 'warning') warnings.add(event.code)
    else if (event.type === 'final' && event.text !== '') {
      finals.push(event)
      onFinal(event)
    }
  }
  checkLength(ms)
  return { finals, ms, warnings: [...warnings] }
}
