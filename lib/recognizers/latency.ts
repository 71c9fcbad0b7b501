/**
 * How early a live engine's deltas come, against how often their final
 * corrects them.
 */
export const latencies = ['low', 'balanced', 'accurate'] as const

/** One of {@link latencies}. */
export type Latency = (typeof latencies)[number]
