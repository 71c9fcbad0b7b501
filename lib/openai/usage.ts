import { z } from 'zod'
import type { Usage } from '../core/transcript-event.ts'

/** A request's usage in the service's form. */
export const usageSchema = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('tokens'),
    input_tokens: z.number(),
    output_tokens: z.number(),
    total_tokens: z.number(),
  }),
  z.looseObject({ type: z.literal('duration'), seconds: z.number() }),
])

/** Converts a usage to the form of events. */
export const usageOf = (usage: z.infer<typeof usageSchema>): Usage =>
  usage.type === 'duration'
    ? { type: 'duration', seconds: usage.seconds }
    : {
        type: 'tokens',
        input: usage.input_tokens,
        output: usage.output_tokens,
        total: usage.total_tokens,
      }
