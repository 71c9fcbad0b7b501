import { VAD_FRAME } from '../voice-activity.ts'
import { loadOnnx, sessionOptions, type Ort } from './onnx.ts'

/** State of the detector between frames. */
export type VadState = {
  readonly memory: Float32Array
  readonly context: Float32Array
}

export type VadResult = {
  readonly probabilities: Float32Array
  readonly state: VadState
}

/** Samples of the previous frame that are part of the input. */
const CONTEXT_SAMPLES = 64
const STATE_SIZE = 2 * 128

/**
 * Silero VAD v6 (github.com/snakers4/silero-vad, MIT) on 16 kHz mono audio. A
 * stream's state is passed with its audio, so any worker can process the next
 * frames of any stream.
 */
export class SileroVad {
  readonly #ort: typeof Ort
  readonly #session: Ort.InferenceSession

  private constructor(ort: typeof Ort, session: Ort.InferenceSession) {
    this.#ort = ort
    this.#session = session
  }

  static async load(path: string): Promise<SileroVad> {
    const ort = await loadOnnx()
    return new SileroVad(
      ort,
      await ort.InferenceSession.create(path, sessionOptions),
    )
  }

  /** @param samples a multiple of {@link VAD_FRAME} samples */
  async detect(samples: Float32Array, state?: VadState): Promise<VadResult> {
    const { Tensor } = this.#ort
    const frames = samples.length / VAD_FRAME
    const probabilities = new Float32Array(frames)
    const rate = new Tensor('int64', BigInt64Array.of(16_000n), [])
    const input = new Float32Array(CONTEXT_SAMPLES + VAD_FRAME)
    if (state) input.set(state.context, VAD_FRAME)
    let memory = new Tensor(
      'float32',
      state?.memory ?? new Float32Array(STATE_SIZE),
      [2, 1, 128],
    )
    for (let frame = 0; frame < frames; frame++) {
      input.copyWithin(0, VAD_FRAME)
      input.set(
        samples.subarray(frame * VAD_FRAME, (frame + 1) * VAD_FRAME),
        CONTEXT_SAMPLES,
      )
      const { output, stateN } = await this.#session.run({
        input: new Tensor('float32', input, [1, input.length]),
        state: memory,
        sr: rate,
      })
      probabilities[frame] = (output!.data as Float32Array)[0]!
      memory = stateN as Ort.TypedTensor<'float32'>
    }
    return {
      probabilities,
      state: {
        memory: memory.data.slice(),
        context: input.slice(VAD_FRAME),
      },
    }
  }
}
