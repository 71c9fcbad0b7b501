import { VAD_FRAME } from './voice-activity.ts'

/** Mean square of each {@link VAD_FRAME} of 16 kHz audio. */
export const framePowers = (samples: Float32Array): number[] => {
  const powers: number[] = []
  for (let at = 0; at < samples.length; at += VAD_FRAME) {
    let power = 0
    for (let i = at; i < at + VAD_FRAME; i++) power += samples[i]! ** 2
    powers.push(power / VAD_FRAME)
  }
  return powers
}
