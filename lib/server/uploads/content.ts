import { formatCaptions } from '../../index.ts'
import type { FinalEvent } from '../../core/transcript-event.ts'
import {
  type Content,
  type Spoken,
  answers,
} from '../../protocol/uploads/answers.ts'

/**
 * The body of an answer. Captions have a cue a turn, and long turns several,
 * so that each can be read.
 */
export const contentOf = (
  spoken: Spoken,
  finals: readonly FinalEvent[],
): Content => {
  const { format } = spoken.fields
  if (format !== 'srt' && format !== 'vtt') return answers[format]!(spoken)
  return {
    type: 'text/plain; charset=utf-8',
    body: formatCaptions(finals, { format }),
  }
}
