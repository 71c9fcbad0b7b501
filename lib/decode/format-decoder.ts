import { ByteBuffer, type ByteSource } from './byte-source.ts'

/** What a decoder found out about its input; emitted once as `'format'`. */
export type AudioFormat = {
  /** `wav`, `mp3`, `flac`, `ogg`, `webm`, `mp4`, `mpeg`, …, or `raw`. */
  readonly container: string
  /** ffmpeg's name of the codec; absent where ffmpeg decodes. */
  readonly codec?: string
  /** Frames per second, in Hz. */
  readonly sampleRate: number
  readonly channels: number
  /** Length in milliseconds that the container declares, where it does. */
  readonly durationMs?: number
}

/** An item that the decoder of a format yields. */
export type Decoded =
  | {
      readonly type: 'format'
      readonly format: AudioFormat
      /** Milliseconds that may be missing from the declared length. */
      readonly toleranceMs?: number
    }
  | {
      readonly type: 'audio'
      /** Planar samples of any equal length; the receiver owns them. */
      readonly channels: readonly Float32Array[]
      /** Index of the first frame; absent if it follows the one before. */
      readonly at?: number
    }
  /** Something that cannot be decoded was omitted. */
  | { readonly type: 'damage'; readonly what: string }
  /** The input ended too early. */
  | { readonly type: 'truncated'; readonly where: string }

/** Decodes one format: reads bytes as needed and yields audio. */
export type FormatDecoder = (source: ByteSource) => AsyncGenerator<Decoded>

/**
 * Maximum of compressed bytes to decode in one step: 64 KiB of silent Opus would
 * be three minutes of audio.
 */
const BLOCK_BYTES = 4096

/**
 * Splits the bytes of a container into frames, pages or blocks. The result does
 * not depend on how the bytes are cut into pushes.
 */
export abstract class FrameParser<Frame> {
  /** Number of bytes omitted because they are damaged. */
  damaged = 0
  /** After `end`: whether the input stopped inside a frame. */
  truncated = false
  protected readonly buffer = new ByteBuffer()
  /** Number of bytes to skip before the next frame. */
  protected skip = 0

  protected abstract frames(ended: boolean): Generator<Frame>

  /** Skips bytes; returns false if more of them have to come. */
  protected skipBytes(): boolean {
    const count = Math.min(this.skip, this.buffer.length)
    this.buffer.skip(count)
    this.skip -= count
    return this.skip === 0
  }

  /** Yields the frames that are complete with these bytes. */
  *push(bytes: Uint8Array): Generator<Frame> {
    this.buffer.append(bytes)
    yield* this.frames(false)
  }

  /** Yields the remaining frames when no more bytes follow. */
  *end(): Generator<Frame> {
    yield* this.frames(true)
  }
}

/**
 * Decodes an input frame by frame, and reports what its parser omits.
 *
 * @param where what to report if the input is truncated
 * @param isOver stops the decoding
 */
export async function* decodeFrames<Frame>(
  source: ByteSource,
  parser: FrameParser<Frame>,
  decode: (
    frames: Iterable<Frame>,
  ) => AsyncIterable<Decoded> | Iterable<Decoded>,
  where: string,
  isOver = (): boolean => false,
): AsyncGenerator<Decoded> {
  let damaged = 0
  for (let ended = false; !ended;) {
    const bytes = await source.read(BLOCK_BYTES)
    ended = bytes === undefined
    yield* decode(bytes ? parser.push(bytes) : parser.end())
    if (isOver()) return
    if (parser.damaged > damaged)
      yield { type: 'damage', what: `${parser.damaged - damaged} bytes` }
    damaged = parser.damaged
  }
  if (parser.truncated) yield { type: 'truncated', where }
}

type Call = (...args: number[]) => number

/** The internals of the wasm-audio-decoders family. */
type WasmDecoder = { readonly _common: { readonly wasm: Record<string, Call> } }

/**
 * Replaces a WebAssembly function of one decoder, and of no other. The
 * JavaScript around it prints each error that the function returns, which would
 * end up on the console of the application; voxpipe finds errors by the samples
 * that are missing. `console` itself belongs to the application: it is not
 * touched.
 *
 * The names are internal to packages whose versions package.json pins.
 *
 * @param replace makes the replacement from the original
 */
export const patchWasm = (
  decoder: object,
  name: string,
  replace: (original: Call) => Call,
): void => {
  const { wasm } = (decoder as WasmDecoder)._common
  wasm[name] = replace(wasm[name]!)
}
