import type {
  FinalEvent,
  GapEvent,
  Usage,
} from '../../core/transcript-event.ts'
import type { Turn } from './turn.ts'
import type { Completed } from './wire-events.ts'

/** Samples in a ms at the rate of the Realtime API. */
export const SAMPLES_PER_MS = 24

const usageOf = ({ usage }: Completed): Usage | undefined => {
  if (!usage) return undefined
  if (usage.type === 'duration')
    return { type: 'duration', seconds: usage.seconds }
  return {
    type: 'tokens',
    input: usage.input_tokens,
    output: usage.output_tokens,
    total: usage.total_tokens,
  }
}

/** What the service made of a turn. */
export const finalOf = (turn: Turn, event: Completed): FinalEvent => {
  const usage = usageOf(event)
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
    ...(usage && { usage }),
  }
}

/** A turn that got no transcript. */
export const gapOf = (turn: Turn, reason: string): GapEvent => ({
  type: 'gap',
  start: turn.start / SAMPLES_PER_MS,
  end: (turn.end ?? turn.to ?? turn.sent) / SAMPLES_PER_MS,
  reason,
})

/** Two usages together; of different kinds, what there was first. */
export const addUsage = (sum: Usage | undefined, more: Usage): Usage => {
  if (sum?.type === 'duration' && more.type === 'duration')
    return { type: 'duration', seconds: sum.seconds + more.seconds }
  if (sum?.type === 'tokens' && more.type === 'tokens')
    return {
      type: 'tokens',
      input: sum.input + more.input,
      output: sum.output + more.output,
      total: sum.total + more.total,
    }
  return sum ?? more
}
