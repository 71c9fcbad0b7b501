import { formatCaptions } from '../../index.ts'
import type { FinalEvent } from '../../core/transcript-event.ts'
import {
  type Content,
  type Spoken,
  answers,
} from '../../openai/wire/answers.ts'
import { refuse } from '../../openai/wire/request-fields.ts'

/**
 * The body of an answer. Captions have a cue a turn, and long turns several,
 * so that each can be read.
 *
 * @throws FieldError if times of words are wanted that the recogniser does not
 * tell
 */
export const contentOf = (
  spoken: Spoken,
  finals: readonly FinalEvent[],
): Content => {
  const { format, granularities } = spoken.fields
  if (granularities.includes('word') && finals.some(({ words }) => !words))
    refuse(
      'unsupported_value',
      "This server does not know when each word is spoken. Use timestamp_granularities 'segment'.",
      'timestamp_granularities',
    )
  if (format !== 'srt' && format !== 'vtt') return answers[format]!(spoken)
  return {
    type: 'text/plain; charset=utf-8',
    body: formatCaptions(finals, { format }),
  }
}
