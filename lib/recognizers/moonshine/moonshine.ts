import { readFile } from 'node:fs/promises'
import {
  twoThreadOptions,
  loadOnnx,
  sessionOptions,
  type Ort,
} from '../engine/onnx.ts'
import type { MoonshineModel, CacheShape } from '../model-catalog.ts'
import { RECOGNIZER_RATE } from '../recognizer.ts'
import { MergedDecoder } from './merged-decoder.ts'

export type Token = {
  readonly id: number
  /** Natural logarithm of its probability. */
  readonly logprob: number
  /** End of the word before it, in samples of the audio. */
  readonly after: number
}

export type Decoding = {
  /** Without the start and end marks. */
  readonly tokens: readonly Token[]
  /** The token after them: the end mark, or what a guard cut off. */
  readonly next: Token
  /** Whether the decoder reached the end mark before a guard stopped it. */
  readonly finished: boolean
}

export type DecodeOptions = {
  /**
   * Whether the audio certainly contains words. Then the first token must not
   * be the end mark, a common error in short turns.
   */
  readonly spoken?: boolean
  /**
   * Likely tokens, to verify many in one pass. The result is the same, except
   * for rounding: the int8 model scales its activations over all tokens of a
   * pass.
   */
  readonly draft?: readonly number[]
  /** Whether to encode with two threads. */
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
 * Maximum number of tokens. The 6.5 per second that the model's authors propose
 * cut real words of short audio.
 */
const maxTokens = (samples: number): number =>
  Math.floor(12 + (8 * samples) / RECOGNIZER_RATE)

type EncodedAudio = {
  readonly samples: number
  readonly keys: Readonly<Record<string, Ort.Tensor>>
}

/**
 * Moonshine (Jeffries et al. 2024, arXiv:2410.15608) with greedy decoding: an
 * encoder over raw 16 kHz audio of any length, and a decoder with a cache of
 * keys and values. It blocks the calling thread.
 */
export class Moonshine {
  readonly #ort: typeof Ort
  readonly #model: MoonshineModel
  readonly #encoder: Ort.InferenceSession
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

  static async load(model: MoonshineModel): Promise<Moonshine> {
    const ort = await loadOnnx()
    const merged = new MergedDecoder(await readFile(model.decoder))
    const own = KeyValueCache.names('present', 'decoder', model)
    const foreign = KeyValueCache.names('present', 'encoder', model)
    const outputs = ['logits', attentionOf(model), ...own]
    const sessions = await Promise.all([
      ort.InferenceSession.create(model.encoder, sessionOptions),
      ...[
        // The batch size is always one, and nothing else of the shape is used.
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
    const [rows, frames] = attention.dims.slice(2) as [number, number]
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
 * test clips never does so. Returns the number of tokens before the first
 * repetition, or -1.
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

/** Maximum tokens per pass: those after a wrong one are wasted. */
const MAX_PER_PASS = 24
/** How far ahead to search for a token after a wrong one. */
const LOOK_AHEAD = 6

/**
 * Speculative decoding (Leviathan et al. 2022, arXiv:2211.17192) with the last
 * result instead of a draft model. Results mostly differ in single words. So
 * after a wrong token, the decoder continues without a draft until it chooses a
 * token that follows soon in the draft.
 */
export class SpeculativeTokens {
  #rest: readonly number[]
  #paused = false

  constructor(tokens: readonly number[]) {
    this.#rest = tokens
  }

  next(): readonly number[] {
    return this.#paused ? [] : this.#rest.slice(0, MAX_PER_PASS)
  }

  /**
   * @param confirmed number of tokens of {@link next} that were right
   * @param chosen the token that the decoder chose after them
   */
  resume(confirmed: number, chosen: number): void {
    this.#rest = this.#rest.slice(confirmed)
    const at = this.#rest.slice(0, LOOK_AHEAD).indexOf(chosen)
    this.#paused = at < 0
    this.#rest = this.#rest.slice(at + 1)
  }
}

type Tensors = Readonly<Record<string, Ort.Tensor>>

/** A decoder's keys and values of past tokens. */
export class KeyValueCache {
  readonly #ort: typeof Ort
  readonly #shape: CacheShape
  #past: Tensors

  constructor(ort: typeof Ort, shape: CacheShape) {
    this.#ort = ort
    this.#shape = shape
    const { heads, headSize } = shape
    this.#past = Object.fromEntries(
      KeyValueCache.names('past_key_values', 'decoder', shape).map(name => [
        name,
        new ort.Tensor('float32', new Float32Array(0), [1, heads, 0, headSize]),
      ]),
    )
  }

  static names(
    prefix: 'present' | 'past_key_values',
    half: 'decoder' | 'encoder',
    { layers }: CacheShape,
  ): string[] {
    return Array.from({ length: layers }).flatMap((_, layer) =>
      ['key', 'value'].map(part => `${prefix}.${layer}.${half}.${part}`),
    )
  }

  /** Renames the outputs of a run to the inputs of the next one. */
  static asPast(outputs: Tensors): Record<string, Ort.Tensor> {
    const past: Record<string, Ort.Tensor> = {}
    for (const [name, tensor] of Object.entries(outputs))
      if (name.startsWith('present.'))
        past[name.replace('present', 'past_key_values')] = tensor
    return past
  }

  get past(): Tensors {
    return this.#past
  }

  /** Takes the outputs of a run for its first `length` tokens. */
  take(outputs: Tensors, length: number): void {
    const past = KeyValueCache.asPast(outputs)
    for (const [name, tensor] of Object.entries(past))
      if (tensor.dims[2] !== length) past[name] = this.#cut(tensor, length)
    this.#past = past
  }

  #cut(tensor: Ort.Tensor, length: number): Ort.Tensor {
    const { heads, headSize } = this.#shape
    const stride = tensor.dims[2]! * headSize
    const size = length * headSize
    const from = tensor.data as Float32Array
    const data = new Float32Array(heads * size)
    for (let head = 0; head < heads; head++)
      data.set(from.subarray(head * stride, head * stride + size), head * size)
    return new this.#ort.Tensor('float32', data, [1, heads, length, headSize])
  }
}
