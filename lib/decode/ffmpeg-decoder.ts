import { Mp4DurationReader } from './mp4-boxes.ts'
import { DecodeError, FfmpegError } from '../core/errors.ts'
import type { ByteChild, ChildExit } from '../io/child-process.ts'
import { requireFfmpeg, startFfmpeg } from '../io/ffmpeg.ts'
import { Spool } from '../io/temporary-files.ts'
import type { ByteSource } from './byte-source.ts'
import type { Decoded } from './format-decoder.ts'
import { wavAudio } from './wav-decoder.ts'

export type FfmpegInput = {
  readonly container: string
  /** ffmpeg's name of the demuxer. */
  readonly demuxer: string
  /** Whether ffmpeg needs a file because the index is at its end. */
  readonly spooled?: boolean
  /** Absolute path; found by {@link requireFfmpeg} if undefined. */
  readonly ffmpeg?: string | undefined
  readonly signal: AbortSignal
}

const BLOCK = 65_536

/** Writes the input to ffmpeg; ffmpeg's exit reports failures. */
const feedChild = async (
  source: ByteSource,
  child: ByteChild,
  watch: (bytes: Uint8Array) => void,
): Promise<void> => {
  try {
    for (let bytes; (bytes = await source.read(BLOCK));) {
      watch(bytes)
      if (!(await child.write(bytes))) return
    }
    child.endInput()
  } catch {
    // The stage was destroyed, and destroys the child.
  }
}

const NO_AUDIO = /matches no streams|does not contain any stream/

/** Removes the name of the input, which voxpipe has chosen. */
const withoutOwnNames = (line: string): string =>
  line.replace(/^(?:pipe:0|file:\S+): /, '')

/** Returns why the output cannot be trusted, if so. */
const failureOf = (exit: ChildExit, container: string): Error | undefined => {
  const { code, signal, stalled } = exit
  const line = withoutOwnNames(exit.lastLine)
  if (NO_AUDIO.test(line))
    return new DecodeError(
      container,
      `the ${container} input has no audio track`,
    )
  if (stalled)
    return new FfmpegError(null, 'ffmpeg stopped working: no progress')
  if (code === 0) return undefined
  const how =
    code !== null
      ? `failed with exit code ${code}`
      : signal !== null
        ? `was ended by ${signal}`
        : 'could not be started'
  const why = line && `: ${line}`
  return new FfmpegError(code, `ffmpeg ${how} on the ${container} input${why}`)
}

export const ffmpegDecoder = (input: FfmpegInput) =>
  async function* (source: ByteSource): AsyncGenerator<Decoded> {
    const { container, demuxer, signal } = input
    const path = requireFfmpeg(input.ffmpeg, container)
    const spool = input.spooled ? await Spool.open() : undefined
    const mp4 = new Mp4DurationReader()
    const watch = (bytes: Uint8Array) => {
      if (container === 'mp4') mp4.push(bytes)
    }
    let child: ByteChild | undefined
    const stop = () => void child?.kill()
    try {
      if (spool)
        for (let bytes; (bytes = await source.read(BLOCK));) {
          watch(bytes)
          await spool.write(bytes)
        }
      const running = startFfmpeg({ path, demuxer, spool: spool?.path })
      child = running
      signal.addEventListener('abort', stop)
      signal.throwIfAborted()
      if (spool) running.endInput()
      else void feedChild(source, running, watch)
      let frames = 0
      for await (const item of wavAudio(() => running.read(), container)) {
        if (item.type === 'audio') frames += item.channels[0]!.length
        if (item.type === 'format') yield withDuration(item, mp4.seconds)
        else if (item.type !== 'truncated') yield item
      }
      const exit = await running.ended()
      const failure = failureOf(exit, container)
      if (failure) throw failure
      if (frames > 0 && exit.lastLine)
        yield {
          type: 'damage',
          what: `ffmpeg says: ${withoutOwnNames(exit.lastLine)}`,
        }
    } finally {
      signal.removeEventListener('abort', stop)
      await child?.kill()
      await spool?.remove()
    }
  }

const withDuration = (
  item: Decoded & { type: 'format' },
  seconds: number | undefined,
): Decoded => ({
  type: 'format',
  format: {
    ...item.format,
    ...(seconds !== undefined && { durationMs: seconds * 1000 }),
  },
  // The declared duration includes encoder delay and padding.
  toleranceMs: 250,
})
