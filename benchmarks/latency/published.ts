import type { Table } from '../suite.ts'

/**
 * Figures that others publish of services. None was measured here: another
 * machine, network and audio make other figures.
 */
export const publishedTable: Table = {
  title: 'Published figures of services, not measured here',
  note: "Source: the README of github.com/pipecat-ai/stt-benchmark, as of 22 June 2026: English, 1000 samples, over the network of its authors. From the moment a speaker stops to the last piece of the final, median / 95th percentile in ms. The services wait for silence in their own ways; 'final' above includes the silence that ends a turn.",
  head: ['service', 'final', 'published'],
  rows: [
    ['NVIDIA Nemotron 3.0 ASR', '221 / 238', '2026-06'],
    ['Deepgram nova-3', '247 / 298', '2026-01'],
    ['Soniox stt-rt-v4', '249 / 281', '2026-01'],
    ['AssemblyAI universal-streaming', '256 / 362', '2026-01'],
    ['Soniox stt-rt-v5', '260 / 305', '2026-06'],
    ['ElevenLabs scribe_v2_realtime', '281 / 348', '2026-01'],
    ['Cartesia ink-2', '299 / 328', '2026-05'],
    ['Speechmatics', '495 / 676', '2026-01'],
    ['OpenAI gpt-4o-transcribe', '637 / 965', '2026-01'],
    ['Google latest-long', '878 / 1155', '2026-01'],
    ['Azure', '1016 / 1345', '2026-01'],
  ],
}
