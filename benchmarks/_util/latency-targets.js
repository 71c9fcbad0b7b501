/**
 * What the default setting must reach at one stream, on two cores.
 *
 * @type {readonly { name: string, limit: number | string,
 *   of: (row: object) => { value: number | string, met: boolean } }[]}
 */
const atMost = (name, limit, of) => ({
  name,
  limit,
  of: row => {
    const value = of(row)
    return { value, met: value !== null && value <= limit }
  },
})

export const latencyTargets = [
  atMost('word → delta p50, ms', 400, row => row.figures.wordToDelta.p50),
  atMost('word → delta p95, ms', 900, row => row.figures.wordToDelta.p95),
  atMost(
    'speech end → final p50 beyond the silence, ms',
    250,
    row => row.figures.endToFinalBeyondSilence.p50,
  ),
  atMost('delta ≠ final, %', 8, row => 100 * row.figures.deltaErrors.rate),
  {
    name: 'word errors of finals, against those of files',
    limit: 'no more',
    of: ({ figures, fileErrors }) => ({
      value: `${figures.finalErrors.errors} / ${fileErrors.errors}`,
      met: figures.finalErrors.errors <= fileErrors.errors,
    }),
  },
  atMost('CPU of all cores, %', 75, row => 100 * row.cost.load),
  atMost('word end error p50, ms', 120, row => row.figures.timeError.p50),
  atMost('word end error p95, ms', 400, row => row.figures.timeError.p95),
]

/** Why a row's output is wrong, so that its times mean nothing; or undefined. */
export const problemOf = ({ figures, clips }) => {
  const { finalErrors, violations } = figures
  const finals = clips.flatMap(({ events }) =>
    events.filter(({ type }) => type === 'final'),
  )
  if (finals.length === 0) return 'no finals'
  if (violations.length > 0) return violations.join('; ')
  const rate = finalErrors.errors / finalErrors.words
  if (rate > 0.3) return `${Math.round(100 * rate)} % of the words are wrong`
}

/**
 * Speech end → final of others, median and p95 in ms: as published by them or
 * about them, not measured here.
 */
export const published = [
  { name: 'Deepgram nova-3', p50: 247, p95: 298 },
  { name: 'Soniox v4', p50: 249, p95: 281 },
  { name: 'AssemblyAI universal', p50: 256, p95: 362 },
  { name: 'ElevenLabs', p50: 281, p95: 348 },
  { name: 'Speechmatics', p50: 495, p95: 676 },
  { name: 'OpenAI gpt-4o-transcribe', p50: 637, p95: 965 },
  { name: 'Google', p50: 878, p95: 1_155 },
  { name: 'Azure', p50: 1_016, p95: 1_345 },
]
