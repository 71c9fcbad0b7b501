import type { Degradation } from './data.ts'
import { withinScale } from './levels.ts'
import { throughMp3 } from './mp3.ts'
import { withReverb } from './reverb.ts'
import { withNoise } from './speech-noise.ts'
import { telephone } from './telephone.ts'

type Degrade = (
  samples: Float32Array,
  signal: AbortSignal,
) => Float32Array | Promise<Float32Array>

const ways: Readonly<Record<Degradation, Degrade>> = {
  clean: samples => samples,
  telephone,
  'noise 10 dB': samples => withNoise(samples, 10),
  'noise 0 dB': samples => withNoise(samples, 0),
  reverb: withReverb,
  'mp3 32 kbit/s': throughMp3,
}

/** How each is done, for readers. */
export const degradationNotes: Readonly<Record<Degradation, string>> = {
  clean: 'as they are, at 16 kHz',
  telephone: '8 kHz and µ-law (G.711)',
  'noise 10 dB':
    'steady noise with the spectrum of the clip, 10 dB below its mean power',
  'noise 0 dB': 'the same noise, as loud as the speech',
  reverb:
    'a room with a reverberation time of 0.5 s, from which comes as much as from the speaker',
  'mp3 32 kbit/s': 'MP3 of 32 kbit/s by ffmpeg',
}

/**
 * A copy of a clip, the same every time; nothing in it is clipped.
 *
 * @param samples 16 kHz
 */
export const degrade = async (
  samples: Float32Array,
  how: Degradation,
  signal: AbortSignal,
): Promise<Float32Array> =>
  withinScale(new Float32Array(await ways[how](samples, signal)))
