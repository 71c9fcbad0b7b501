import { UnknownModelError } from '../core/errors.ts'

/** Dimensions of a decoder's attention. */
export type CacheShape = {
  readonly layers: number
  readonly heads: number
  readonly headSize: number
}

/** Files and dimensions of a Moonshine model. */
export type MoonshineModel = CacheShape & {
  readonly encoder: string
  readonly decoder: string
  /**
   * The cross-attention head that tells time best: when it chooses the token
   * after a word, it attends to the end of that word.
   */
  readonly clock: { readonly layer: number; readonly head: number }
}

/** Role of a model's file. */
export type ModelRole = 'encoder' | 'decoder' | 'vad'

export type ModelFile = {
  readonly role: ModelRole
  /** Path inside the npm package. */
  readonly path: string
  /** Name in the model's folder. */
  readonly name: string
  readonly bytes: number
  readonly sha256: string
}

export type ModelEntry = {
  readonly name: string
  readonly aliases: readonly string[]
  /** The npm package, as `name@version`. */
  readonly package: string
  /** Hash of the package's tarball, in npm's format. */
  readonly integrity: string
  readonly tarballBytes: number
  /** Folder in a cache. Contains the version, so that several can coexist. */
  readonly folder: string
  readonly licence: string
  readonly files: readonly ModelFile[]
  /** Only for recognisers. */
  readonly shape?: Omit<MoonshineModel, 'encoder' | 'decoder'>
}

export const sileroVad: ModelEntry = {
  name: 'silero-vad',
  aliases: [],
  package: '@ricky0123/vad-web@0.0.31',
  integrity:
    'sha512-ePVq8TvB21sdHSxVMZOEIf9JVa7MAYpaIaNXeGgsPOiMCN8xbPCdF2LS5aYj7VRR3ZxzutedgV9ZplV65IA1Fg==',
  tarballBytes: 5_471_324,
  folder: 'silero-vad-v6',
  licence: 'MIT',
  files: [
    {
      role: 'vad',
      path: 'dist/silero_vad_v6.onnx',
      name: 'silero_vad_v6.onnx',
      bytes: 2_327_524,
      sha256:
        '1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3',
    },
  ],
}

const moonshineTiny: ModelEntry = {
  name: 'moonshine-tiny',
  aliases: ['tiny'],
  package: '@moonshine-ai/moonshine-js@0.1.29',
  integrity:
    'sha512-Gx1B3mJcbM68ihSy/LyJEuEkGq7sYMqTb04zNdcIeidU0URVlSmXP0GyiQOTTAqDZQXlIC7k+bky+FdXk0UPlg==',
  tarballBytes: 21_514_347,
  folder: 'moonshine-tiny-0.1.29',
  licence: 'MIT',
  files: [
    {
      role: 'encoder',
      path: 'dist/model/tiny/quantized/encoder_model.onnx',
      name: 'encoder_model.onnx',
      bytes: 7_937_661,
      sha256:
        'c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a',
    },
    {
      role: 'decoder',
      path: 'dist/model/tiny/quantized/decoder_model_merged.onnx',
      name: 'decoder_model_merged.onnx',
      bytes: 20_243_286,
      sha256:
        'eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367',
    },
  ],
  shape: {
    layers: 6,
    heads: 8,
    headSize: 36,
    clock: { layer: 3, head: 1 },
  },
}

const moonshineBase: ModelEntry = {
  name: 'moonshine-base',
  aliases: ['base'],
  package: '@usefulsensors/moonshine-js@0.1.16',
  integrity:
    'sha512-iQIF4XHwyPxBm1l/ECJPjJLQj8RvlYj2guRsiUgrfa9vSE3gYXeaoV2DHjNgi7NIUTyl648AG2t+Ndbrj+L7TA==',
  tarballBytes: 66_841_492,
  folder: 'moonshine-base-0.1.16',
  licence: 'MIT',
  files: [
    {
      role: 'encoder',
      path: 'dist/model/base/quantized/encoder_model.onnx',
      name: 'encoder_model.onnx',
      bytes: 20_513_063,
      sha256:
        '1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751',
    },
    {
      role: 'decoder',
      path: 'dist/model/base/quantized/decoder_model_merged.onnx',
      name: 'decoder_model_merged.onnx',
      bytes: 42_498_870,
      sha256:
        'cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3',
    },
  ],
  shape: {
    layers: 8,
    heads: 8,
    headSize: 52,
    clock: { layer: 3, head: 5 },
  },
}

/** All models; the first is the default recogniser. */
export const modelCatalog: readonly ModelEntry[] = [
  moonshineTiny,
  moonshineBase,
  sileroVad,
]

/** Full names of the local engine's recognisers, by their short names. */
export const localModels: Readonly<Record<string, string>> = Object.fromEntries(
  modelCatalog.flatMap(({ name, aliases, shape }) =>
    shape ? aliases.map(alias => [alias, name]) : [],
  ),
)

/**
 * Finds a model by its full or short name.
 *
 * @throws {UnknownModelError} with the names to choose from
 */
export const modelNamed = (name: string): ModelEntry => {
  const found = modelCatalog.find(
    entry => entry.name === name || entry.aliases.includes(name),
  )
  if (found) return found
  throw new UnknownModelError(
    `there is no model '${name}'; use one of ${Object.keys(localModels).join(', ')}`,
  )
}
