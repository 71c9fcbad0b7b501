import type { FinalEvent, GapEvent } from '../../core/transcript-event.ts'
import { usageOf } from '../usage.ts'
import type { Turn } from './turn.ts'
import type { Completed } from './wire-events.ts'

/** Samples in a ms at the rate of the Realtime API. */
export const SAMPLES_PER_MS = 24

/** What the service made of a turn. */
export const finalOf = (turn: Turn, event: Completed): FinalEvent => {
  const language = event.languages?.[0]?.code
  const logprobs = event.logprobs?.map(({ token, logprob, bytes }) => ({
    token,
    logprob,
    bytes: bytes ?? [],
  }))
  return {
    type: 'final',
    turn: turn.id,
    text: event.transcript.trim(),
    start: turn.start / SAMPLES_PER_MS,
    end: (turn.end ?? turn.to ?? turn.sent) / SAMPLES_PER_MS,
    ...(language !== undefined && { language }),
    ...(logprobs && { logprobs }),
    ...(event.usage && { usage: usageOf(event.usage) }),
  }
}

/** A turn that got no transcript. */
export const gapOf = (turn: Turn, reason: string): GapEvent => ({
  type: 'gap',
  start: turn.start / SAMPLES_PER_MS,
  end: (turn.end ?? turn.to ?? turn.sent) / SAMPLES_PER_MS,
  reason,
})
