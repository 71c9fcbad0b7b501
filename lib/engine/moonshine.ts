import { loadOnnx, sessionOptions, type Ort } from './onnx.ts'
import { findLoop } from './loop-guard.ts'

/** Where a Moonshine model lies, and the shape of its decoder's cache. */
export type MoonshineModel = {
  readonly encoder: string
  readonly decoder: string
  readonly layers: number
  readonly heads: number
  readonly headSize: number
}

/** What the decoder found in a stretch of audio. */
export type Decoding = {
  /** Token ids, without the start and end marks. */
  readonly tokens: number[]
  /** Whether the decoder came to an end by itself, not by a guard. */
  readonly finished: boolean
}

const START = 1
const END = 2
const SAMPLE_RATE = 16_000

/** The convolutions in front of the encoder need this much; half a second. */
const MIN_SAMPLES = 8_000

/**
 * The most tokens a stretch may have. Six and a half a second, as the
 * model's authors propose, cuts real words in short stretches.
 */
const maxTokens = (samples: number): number =>
  Math.floor(12 + (8 * samples) / SAMPLE_RATE)

/**
 * Moonshine (Jeffries et al. 2024, arXiv:2410.15608), greedy decoding: an
 * encoder over raw 16 kHz audio of any length and a decoder with a cache of
 * keys and values. Runs in the calling thread and blocks it while it works.
 */
export class Moonshine {
  readonly #ort: typeof Ort
  readonly #model: MoonshineModel
  readonly #encoder: Ort.InferenceSession
  readonly #decoder: Ort.InferenceSession
  /** Outputs worth copying once the encoder's keys and values are known. */
  readonly #stepOutputs: string[]

  private constructor(
    ort: typeof Ort,
    model: MoonshineModel,
    encoder: Ort.InferenceSession,
    decoder: Ort.InferenceSession,
  ) {
    this.#ort = ort
    this.#model = model
    this.#encoder = encoder
    this.#decoder = decoder
    this.#stepOutputs = decoder.outputNames.filter(
      name => !name.includes('.encoder.'),
    )
  }

  /** Loads both halves of a model. */
  static async load(model: MoonshineModel): Promise<Moonshine> {
    const ort = await loadOnnx()
    const [encoder, decoder] = await Promise.all([
      ort.InferenceSession.create(model.encoder, sessionOptions),
      ort.InferenceSession.create(model.decoder, sessionOptions),
    ])
    return new Moonshine(ort, model, encoder, decoder)
  }

  /**
   * Decodes one stretch of 16 kHz mono audio. Silence is appended to what is
   * shorter than half a second.
   *
   * @param samples the audio
   * @param spoken whether words are certain to be in it: then the first token
   *   is not allowed to be the end mark, as short turns provoke it
   */
  async decode(samples: Float32Array, spoken: boolean): Promise<Decoding> {
    const { Tensor } = this.#ort
    const audio = padded(samples)
    const { last_hidden_state: hidden } = await this.#encoder.run({
      input_values: new Tensor('float32', audio, [1, audio.length]),
    })
    const cache = this.#emptyCache()
    let next = START
    const tokens: number[] = []
    const limit = maxTokens(audio.length)
    for (let step = 0; step <= limit; step++) {
      const cached = step > 0
      const outputs = await this.#decoder.run(
        {
          input_ids: new Tensor(
            'int64',
            BigInt64Array.of(BigInt(next)),
            [1, 1],
          ),
          encoder_hidden_states: hidden!,
          use_cache_branch: new Tensor('bool', [cached], [1]),
          ...cache,
        },
        cached ? this.#stepOutputs : this.#decoder.outputNames,
      )
      const logits = outputs['logits']!.data as Float32Array
      if (spoken && !cached) logits[END] = -Infinity
      next = argmax(logits)
      if (next === END) return { tokens, finished: true }
      tokens.push(next)
      const keep = findLoop(tokens)
      if (keep >= 0) return { tokens: tokens.slice(0, keep), finished: false }
      Object.assign(cache, asPast(outputs))
    }
    return { tokens, finished: false }
  }

  /** Frees the memory of both sessions. */
  async release(): Promise<void> {
    await Promise.all([this.#encoder.release(), this.#decoder.release()])
  }

  #emptyCache(): Record<string, Ort.Tensor> {
    const { layers, heads, headSize } = this.#model
    const cache: Record<string, Ort.Tensor> = {}
    for (let layer = 0; layer < layers; layer++)
      for (const half of ['decoder', 'encoder'])
        for (const part of ['key', 'value'])
          cache[`past_key_values.${layer}.${half}.${part}`] =
            new this.#ort.Tensor('float32', new Float32Array(0), [
              0,
              heads,
              1,
              headSize,
            ])
    return cache
  }
}

const padded = (samples: Float32Array): Float32Array => {
  if (samples.length >= MIN_SAMPLES) return samples
  const audio = new Float32Array(MIN_SAMPLES)
  audio.set(samples)
  return audio
}

const asPast = (
  outputs: Readonly<Record<string, Ort.Tensor>>,
): Record<string, Ort.Tensor> => {
  const past: Record<string, Ort.Tensor> = {}
  for (const [name, tensor] of Object.entries(outputs))
    if (name.startsWith('present.'))
      past[`past_key_values.${name.slice('present.'.length)}`] = tensor
  return past
}

const argmax = (logits: Float32Array): number => {
  let best = 0
  let most = -Infinity
  for (let i = 0; i < logits.length; i++) {
    const value = logits[i]!
    if (value > most) {
      most = value
      best = i
    }
  }
  return best
}
