import { readFile } from 'node:fs/promises'
import {
  twoThreadOptions,
  loadOnnx,
  sessionOptions,
  type Ort,
} from '../engine/onnx.ts'
import { RECOGNIZER_RATE } from '../recognizer.ts'
import type { MoonshineModel } from '../model-catalog.ts'
import { KeyValueCache } from './key-value-cache.ts'
import { MergedDecoder } from './merged-decoder.ts'
import { SpeculativeTokens } from './speculative-tokens.ts'

/** A decoded token. */
export type Token = {
  readonly id: number
  /** Natural logarithm of its probability. */
  readonly logprob: number
  /** End of the word before it, in samples of the audio. */
  readonly after: number
}

/** The result of {@link Moonshine.decode}. */
export type Decoding = {
  /** Without the start and end marks. */
  readonly tokens: readonly Token[]
  /** The token after them: the end mark, or what a guard cut off. */
  readonly next: Token
  /** Whether the decoder reached the end mark before a guard stopped it. */
  readonly finished: boolean
}

/** Options of {@link Moonshine.decode}. */
export type DecodeOptions = {
  /**
   * Whether the audio certainly contains words: then the first token must not be
   * the end mark, which is a common error in short turns.
   */
  readonly spoken?: boolean
  /**
   * Tokens that are probably right, to verify many in one pass. The result is
   * the same as without them, except for rounding: the int8 model scales its
   * activations over all tokens of a pass.
   */
  readonly draft?: readonly number[]
  /** Whether to encode on two cores, for live speech. */
  readonly live?: boolean
}

const START = 1
const END = 2
const VOCABULARY = 32_768
/** Samples between two frames of the encoder: 24 ms. */
const FRAME = 384

/** Minimum input of the encoder's convolutions: half a second. */
const MIN_SAMPLES = 8_000

/**
 * Maximum number of tokens. Six and a half a second, as the model's authors
 * propose, cuts real words of short audio.
 */
const maxTokens = (samples: number): number =>
  Math.floor(12 + (8 * samples) / RECOGNIZER_RATE)

/** Encoded audio, as input of the decoder. */
type EncodedAudio = {
  readonly samples: number
  readonly keys: Readonly<Record<string, Ort.Tensor>>
}

/**
 * Moonshine (Jeffries et al. 2024, arXiv:2410.15608), greedy decoding: an
 * encoder over raw 16 kHz audio of any length and a decoder with a cache of
 * keys and values. It blocks the calling thread.
 */
export class Moonshine {
  readonly #ort: typeof Ort
  readonly #model: MoonshineModel
  readonly #encoder: Ort.InferenceSession
  /** Encoder with two threads, loaded when first needed. */
  #liveEncoder: Promise<Ort.InferenceSession> | undefined
  /** Computes the decoder's keys and values of the encoder's output. */
  readonly #projector: Ort.InferenceSession
  readonly #decoder: Ort.InferenceSession

  private constructor(
    ort: typeof Ort,
    model: MoonshineModel,
    [encoder, projector, decoder]: Ort.InferenceSession[],
  ) {
    this.#ort = ort
    this.#model = model
    this.#encoder = encoder!
    this.#projector = projector!
    this.#decoder = decoder!
  }

  /** Loads both halves of a model. */
  static async load(model: MoonshineModel): Promise<Moonshine> {
    const ort = await loadOnnx()
    const merged = new MergedDecoder(await readFile(model.decoder))
    const own = KeyValueCache.names('present', 'decoder', model)
    const foreign = KeyValueCache.names('present', 'encoder', model)
    const outputs = ['logits', attentionOf(model), ...own]
    const sessions = await Promise.all([
      ort.InferenceSession.create(model.encoder, sessionOptions),
      ...[
        // The batch is one in all of them, and nothing else is asked for.
        merged.extract('else_branch', foreign, 'encoder_hidden_states'),
        merged.extract('then_branch', outputs),
      ].map(bytes => ort.InferenceSession.create(bytes, sessionOptions)),
    ])
    return new Moonshine(ort, model, sessions)
  }

  /** Decodes 16 kHz mono audio, padded with silence to half a second. */
  async decode(
    samples: Float32Array,
    { spoken = false, draft = [], live = false }: DecodeOptions = {},
  ): Promise<Decoding> {
    const encoded = await this.#encode(samples, live)
    const limit = maxTokens(encoded.samples)
    const tokens: Token[] = []
    const cache = new KeyValueCache(this.#ort, this.#model)
    const speculative = new SpeculativeTokens(draft)
    for (;;) {
      const input = [tokens.at(-1)?.id ?? START, ...speculative.next()]
      const outputs = await this.#decoder.run({
        input_ids: this.#ids(input),
        ...encoded.keys,
        ...cache.past,
      })
      const logits = outputs['logits']!.data as Float32Array
      if (spoken && tokens.length === 0) logits[END] = -Infinity
      for (let row = 0; row < input.length; row++) {
        const token = this.#tokenOf(row, logits, outputs)
        if (token.id === END) return { tokens, next: token, finished: true }
        tokens.push(token)
        if (input[row + 1] === token.id) continue
        speculative.resume(row, token.id)
        break
      }
      const keep = findLoop(tokens.map(({ id }) => id))
      const cut = keep >= 0 ? keep : tokens.length > limit ? limit : -1
      if (cut >= 0)
        return {
          tokens: tokens.slice(0, cut),
          next: tokens[cut]!,
          finished: false,
        }
      cache.take(outputs, tokens.length)
    }
  }

  /** Frees the memory of its sessions. */
  async release(): Promise<void> {
    const sessions = [this.#encoder, this.#projector, this.#decoder]
    if (this.#liveEncoder) sessions.push(await this.#liveEncoder)
    await Promise.all(sessions.map(session => session.release()))
  }

  async #encode(samples: Float32Array, live: boolean): Promise<EncodedAudio> {
    const { Tensor } = this.#ort
    const audio = withPadding(samples)
    const encoder = live ? await this.#loadLiveEncoder() : this.#encoder
    const { last_hidden_state: hidden } = await encoder.run({
      input_values: new Tensor('float32', audio, [1, audio.length]),
    })
    const keys = await this.#projector.run({
      encoder_hidden_states: hidden!,
    })
    return { samples: audio.length, keys: KeyValueCache.asPast(keys) }
  }

  #loadLiveEncoder(): Promise<Ort.InferenceSession> {
    return (this.#liveEncoder ??= this.#ort.InferenceSession.create(
      this.#model.encoder,
      twoThreadOptions,
    ))
  }

  #ids(ids: readonly number[]): Ort.Tensor {
    const data = BigInt64Array.from(ids.map(BigInt))
    return new this.#ort.Tensor('int64', data, [1, ids.length])
  }

  #tokenOf(
    row: number,
    logits: Float32Array,
    outputs: Ort.InferenceSession.OnnxValueMapType,
  ): Token {
    const of = logits.subarray(row * VOCABULARY, (row + 1) * VOCABULARY)
    const id = argmax(of)
    const most = of[id]!
    let sum = 0
    for (const value of of) if (value > most - 20) sum += Math.exp(value - most)
    const attention = outputs[attentionOf(this.#model)]!
    const [, , rows, frames] = attention.dims as [
      number,
      number,
      number,
      number,
    ]
    const at = (this.#model.clock.head * rows + row) * frames
    const weights = (attention.data as Float32Array).subarray(at, at + frames)
    const after = (argmax(weights) + 0.5) * FRAME
    return { id, logprob: -Math.log(sum), after }
  }
}

const attentionOf = ({ clock }: MoonshineModel): string =>
  `/model/decoder/layers.${clock.layer}/encoder_attn/Softmax_output_0`

const withPadding = (samples: Float32Array): Float32Array => {
  if (samples.length >= MIN_SAMPLES) return samples
  const audio = new Float32Array(MIN_SAMPLES)
  audio.set(samples)
  return audio
}

const argmax = (values: Float32Array): number => {
  let best = 0
  let most = -Infinity
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!
    if (value > most) {
      most = value
      best = i
    }
  }
  return best
}

const MAX_PERIOD = 24

/**
 * Detects that a decoder repeats itself: the last p tokens occur 4 times in a
 * row (8 times if p is 1, as people do say "no, no, no"). Real speech in the
 * test clips never does so.
 *
 * @param tokens decoded so far
 * @returns how many tokens to keep: all before the first repetition; -1 if
 *   there is no loop
 */
export const findLoop = (tokens: readonly number[]): number => {
  const n = tokens.length
  for (let period = 1; period <= MAX_PERIOD; period++) {
    const rounds = period === 1 ? 8 : 4
    const length = period * rounds
    if (length > n) break
    let same = true
    for (let i = n - length; same && i < n - period; i++)
      same = tokens[i] === tokens[i + period]
    if (same) return n - length + period
  }
  return -1
}
