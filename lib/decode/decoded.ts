import type { ByteSource } from './byte-source.ts'

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

/** What the decoder of a format yields. */
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
      /** Index of the first frame; absent: follows the one before. */
      readonly at?: number
    }
  /** Something that cannot be decoded was left out. */
  | { readonly type: 'damage'; readonly what: string }
  /** The input stopped where it should not have. */
  | { readonly type: 'cut'; readonly where: string }

/** Decodes one format: pulls bytes as it needs them, yields audio. */
export type FormatDecoder = (source: ByteSource) => AsyncGenerator<Decoded>

/**
 * The most compressed bytes to decode at a time: 64 KiB of silent Opus would
 * be three minutes of audio.
 */
export const BLOCK_BYTES = 4096
