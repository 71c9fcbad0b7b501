import type { AudioChunk } from '../../core/audio-chunk.ts'
import { WAV_HEADER_BYTES } from '../../audio/wav-writer.ts'
import { type Decoding, decode } from './decode-upload.ts'
import {
  MIN_MS,
  type Outcome,
  TOO_SHORT,
  PART_BYTES_PER_SECOND,
  PART_RATE,
  partMs,
  wavPart,
} from './part.ts'
import { type CutItem, PartCutter, type PartLimits } from './part-cutter.ts'
import type { UploadSender } from './upload-sender.ts'
import type { UploadLimits } from './file-settings.ts'

/** What fits into one upload as WAV. */
const partLimits = (limits: UploadLimits): PartLimits => {
  const bytesMs =
    (1_000 * (limits.maxBytes - WAV_HEADER_BYTES)) / PART_BYTES_PER_SECOND
  const frames = (ms: number) => Math.floor((ms * PART_RATE) / 1_000)
  return {
    maxFrames: frames(Math.min(limits.maxMs, bytesMs)),
    searchFrames: frames(limits.searchMs),
  }
}

/**
 * Decodes a source, cuts it into parts at its pauses, and hands them to the
 * sender as they come; those in which nothing can be heard are left out.
 *
 * @returns when the last part is on its way
 * @throws why nothing could be decoded, or what ends all
 */
export const sendInParts = async (
  bytes: AsyncIterable<Uint8Array>,
  decoding: Decoding,
  limits: UploadLimits,
  sender: UploadSender,
): Promise<Outcome> => {
  const cutter = new PartCutter(partLimits(limits))
  let number = 0
  const send = async (item: CutItem): Promise<void> => {
    if (item.type === 'gap') {
      const { start, end } = item
      sender.gap(partMs(start), partMs(end), 'the source has no audio here')
      return
    }
    const [start, end] = [item.start, item.start + item.frames].map(partMs)
    const long = 1_000 * item.frames >= MIN_MS * PART_RATE
    if (!item.silent && long) return sender.add(wavPart(++number, item))
    await item.store.remove()
    if (!item.silent) sender.gap(start!, end!, TOO_SHORT)
  }
  const chunks = decode(bytes, decoding, PART_RATE)
  let failure: Error | undefined
  const next = async (): Promise<AudioChunk | undefined> => {
    try {
      const step = await chunks.next()
      return step.done ? undefined : step.value
    } catch (error) {
      decoding.signal.throwIfAborted()
      failure = error as Error
      return undefined
    }
  }
  try {
    for (let chunk = await next(); chunk; chunk = await next())
      for await (const item of cutter.push(chunk)) await send(item)
    if (failure && cutter.end === 0) throw failure
    for await (const item of cutter.finish()) await send(item)
  } finally {
    await chunks.return(undefined)
    await cutter.close()
  }
  return {
    durationMs: partMs(cutter.end),
    ...(failure && { failure }),
  }
}
