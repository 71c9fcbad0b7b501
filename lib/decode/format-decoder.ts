import { ByteBuffer, type ByteSource } from './byte-source.ts'

/** Format of an input; emitted once as `'format'`. */
export type AudioFormat = {
  /** `wav`, `mp3`, `flac`, `ogg`, `webm`, `mp4`, `mpeg`, …, or `raw`. */
  readonly container: string
  /** ffmpeg's name of the codec; absent if ffmpeg decodes. */
  readonly codec?: string
  /** Frames per second, in Hz. */
  readonly sampleRate: number
  /** Number of channels. */
  readonly channels: number
  /** Duration in ms that the container declares, if any. */
  readonly durationMs?: number
}

/** An item that the decoder of a format yields. */
export type Decoded =
  | {
      readonly type: 'format'
      readonly format: AudioFormat
      /** Tolerated difference to the declared duration, in ms. */
      readonly toleranceMs?: number
    }
  | {
      readonly type: 'audio'
      /** Planar samples of any equal length; the receiver owns them. */
      readonly channels: readonly Float32Array[]
      /** Index of the first frame; absent if it follows the previous one. */
      readonly at?: number
    }
  /** Something damaged was omitted. */
  | { readonly type: 'damage'; readonly what: string }
  /** The input ended too early. */
  | { readonly type: 'truncated'; readonly where: string }

/** Decodes one format: reads bytes as needed and yields audio. */
export type FormatDecoder = (source: ByteSource) => AsyncGenerator<Decoded>

/** Compressed bytes per step: 64 KiB of silent Opus would be 3 min of audio. */
const BLOCK_BYTES = 4096

/**
 * Splits a container into frames, pages or blocks, however its bytes are cut.
 */
export abstract class FrameParser<Frame> {
  damaged = 0
  /** After `end`: whether the input ended inside a frame. */
  truncated = false
  protected readonly buffer = new ByteBuffer()
  protected skip = 0

  protected abstract frames(ended: boolean): Generator<Frame>

  /** Skips `skip` bytes; returns false if it needs more. */
  protected skipBytes(): boolean {
    const count = Math.min(this.skip, this.buffer.length)
    this.buffer.skip(count)
    this.skip -= count
    return this.skip === 0
  }

  /** Yields the frames that these bytes complete. */
  *push(bytes: Uint8Array): Generator<Frame> {
    this.buffer.append(bytes)
    yield* this.frames(false)
  }

  /** Yields the remaining frames at the end of the input. */
  *end(): Generator<Frame> {
    yield* this.frames(true)
  }
}

/**
 * Decodes an input frame by frame, and reports omitted bytes.
 * @param where position of a truncation in messages
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

type WasmDecoder = { readonly _common: { readonly wasm: Record<string, Call> } }

/**
 * Replaces a WebAssembly function of one decoder. The JavaScript around it
 * would print each error that the function returns to the application's
 * console; voxpipe detects errors by missing samples. The names are internal to
 * packages whose versions package.json pins.
 */
export const patchWasm = (
  decoder: object,
  name: string,
  replace: (original: Call) => Call,
): void => {
  const { wasm } = (decoder as WasmDecoder)._common
  wasm[name] = replace(wasm[name]!)
}
