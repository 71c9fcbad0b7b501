import { pipeline } from 'node:stream'
import { joinSamples } from '../audio/join-samples.ts'
import { chunksOf } from '../core/stage.ts'
import { openInput, type AudioInput } from '../io/open-input.ts'
import { Decoder } from '../decode/decoder.ts'
import { Resampler } from '../stages/resampler.ts'

const RATE = 16_000

/** All audio of an input, 16 kHz mono, whatever it is. */
export const readSamples = async (
  input: AudioInput,
  signal: AbortSignal,
): Promise<Float32Array> => {
  const resampler = new Resampler({ sampleRate: RATE, signal })
  // Whoever reads the last stage is told of an error anywhere.
  pipeline(openInput(input), new Decoder({ signal }), resampler, () => {})
  const parts: Float32Array[] = []
  for await (const { channels } of chunksOf(resampler)) parts.push(channels[0]!)
  return joinSamples(parts)
}
