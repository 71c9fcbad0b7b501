const RATE = 16_000
const PAUSE = 0.8 * RATE

/** What {@link longSpeech} takes of a clip. */
export type SpokenClip = {
  /** Mono, 16 kHz. */
  readonly samples: Float32Array
  readonly text: string
}

/** Speech, and what is said in it. */
export type LongSpeech = {
  /** Mono, 16 kHz. */
  readonly samples: Float32Array<ArrayBuffer>
  readonly text: string
}

/**
 * Clips one after another, again and again, each with 800 ms of silence behind
 * it, until they are at least so long.
 *
 * @param clips at least one
 */
export const longSpeech = (
  clips: readonly SpokenClip[],
  seconds: number,
): LongSpeech => {
  const taken: SpokenClip[] = []
  let length = 0
  while (length < seconds * RATE) {
    const clip = clips[taken.length % clips.length]!
    taken.push(clip)
    length += clip.samples.length + PAUSE
  }
  const samples = new Float32Array(length)
  let at = 0
  for (const clip of taken) {
    samples.set(clip.samples, at)
    at += clip.samples.length + PAUSE
  }
  return { samples, text: taken.map(({ text }) => text).join(' ') }
}
