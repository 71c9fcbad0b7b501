import type { Ort } from '../engine/onnx.ts'
import type { CacheShape } from '../model-catalog.ts'

type Tensors = Readonly<Record<string, Ort.Tensor>>

/** A decoder's keys and values of the tokens it has taken, layer by layer. */
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

  /** Names of a decoder's tensors of keys and values. */
  static names(
    prefix: 'present' | 'past_key_values',
    half: 'decoder' | 'encoder',
    { layers }: CacheShape,
  ): string[] {
    return Array.from({ length: layers }).flatMap((_, layer) =>
      ['key', 'value'].map(part => `${prefix}.${layer}.${half}.${part}`),
    )
  }

  /** What one run gave, named as the next one takes it. */
  static asPast(outputs: Tensors): Record<string, Ort.Tensor> {
    const past: Record<string, Ort.Tensor> = {}
    for (const [name, tensor] of Object.entries(outputs))
      if (name.startsWith('present.'))
        past[name.replace('present', 'past_key_values')] = tensor
    return past
  }

  /** Inputs of the next run. */
  get past(): Tensors {
    return this.#past
  }

  /**
   * Takes what a run gave, as far as its tokens were right.
   *
   * @param length how many tokens to keep, from the first on
   */
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
