import { z } from 'zod'
import type { Usage } from '../core/transcript-event.ts'

/** Two usages together; of different kinds, what there was first. */
export const addUsage = (
  sum: Usage | undefined,
  more: Usage | undefined,
): Usage | undefined => {
  if (!sum || !more) return sum ?? more
  if (sum.type === 'duration' && more.type === 'duration')
    return { type: 'duration', seconds: sum.seconds + more.seconds }
  if (sum.type === 'tokens' && more.type === 'tokens')
    return {
      type: 'tokens',
      input: sum.input + more.input,
      output: sum.output + more.output,
      total: sum.total + more.total,
    }
  return sum
}

/** What a request cost, as the service says it. */
export const usageSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('tokens'),
    input_tokens: z.number(),
    output_tokens: z.number(),
    total_tokens: z.number(),
  }),
  z.looseObject({ type: z.literal('duration'), seconds: z.number() }),
])

/** What a request cost, as our events say it. */
export const usageOf = (usage: z.infer<typeof usageSchema>): Usage =>
  usage.type === 'duration'
    ? { type: 'duration', seconds: usage.seconds }
    : {
        type: 'tokens',
        input: usage.input_tokens,
        output: usage.output_tokens,
        total: usage.total_tokens,
      }
