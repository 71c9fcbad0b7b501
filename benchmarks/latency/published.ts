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
] as const
