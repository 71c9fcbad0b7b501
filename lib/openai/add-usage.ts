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
