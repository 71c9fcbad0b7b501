import { join } from 'node:path'
import { InputError } from 'voxpipe'
import { readClipFolder, type ClipEntry } from './clip-folder.ts'
import { packageRoot } from './machine.ts'
import { readSamples } from './samples.ts'
import type { PlacedWord } from './latency/turn-records.ts'

/** A clip of speech. */
export type BenchClip = {
  readonly id: string
  /** Absolute path. */
  readonly path: string
  /** Mono, 16 kHz. */
  readonly samples: Float32Array
  /** What is said; undefined if unknown. */
  readonly text: string | undefined
  /** When each word is spoken, in ms; undefined if unknown. */
  readonly words: readonly PlacedWord[] | undefined
  /** Code of the language that is spoken. */
  readonly language: string
}

/** The clips that ship with the package. */
export const ownClips = join(packageRoot, 'assets/speech')

const samplesOf = async (
  path: string,
  signal: AbortSignal,
): Promise<Float32Array> => {
  const samples = await readSamples(path, signal)
  if (samples.length > 0) return samples
  throw new InputError(`'${path}' has no audio in it`)
}

const load = async (
  { text, words, language = 'en', ...entry }: ClipEntry,
  signal: AbortSignal,
): Promise<BenchClip> => ({
  ...entry,
  text,
  words: words?.map(({ word, start, end }) => ({
    text: word,
    start: start * 1_000,
    end: end * 1_000,
  })),
  language,
  samples: await samplesOf(entry.path, signal),
})

/**
 * Reads clips of speech, with the texts and word times that the folder has.
 *
 * @param options.data folder of audio files, or with a manifest.json; default:
 *   the clips of the package
 * @param options.language spoken if the manifest names none; default `en`
 * @throws InputError if the folder, its manifest or a clip cannot be read
 */
export const loadClips = async ({
  data = ownClips,
  language,
  signal,
}: {
  readonly data?: string | undefined
  readonly language?: string | undefined
  readonly signal: AbortSignal
}): Promise<readonly BenchClip[]> => {
  const clips: BenchClip[] = []
  for (const entry of await readClipFolder(data))
    clips.push(await load({ ...(language && { language }), ...entry }, signal))
  return clips
}

/** Shorter excerpts begin and end too often in the middle of a sentence. */
const SHORTEST_EXCERPT_MS = 30_000
const SAMPLES_PER_MS = 16

/** The middle of a clip, without the text, which is that of the whole. */
const middleOf = (clip: BenchClip, ms: number): BenchClip => {
  const length = Math.round(ms * SAMPLES_PER_MS)
  const { samples, words } = clip
  if (samples.length <= length) return clip
  const from = Math.floor((samples.length - length) / 2)
  const start = from / SAMPLES_PER_MS
  const end = start + ms
  return {
    ...clip,
    text: undefined,
    samples: samples.slice(from, from + length),
    words: words
      ?.filter(word => word.start >= start && word.end <= end)
      .map(word => ({
        ...word,
        start: word.start - start,
        end: word.end - start,
      })),
  }
}

/** Length of clips in ms. */
export const lengthOf = (
  clips: readonly Pick<BenchClip, 'samples'>[],
): number =>
  clips.reduce((sum, { samples }) => sum + samples.length, 0) / SAMPLES_PER_MS

/**
 * Takes excerpts of about `ms` from all of the clips: the middle of long ones,
 * and of many short ones some, evenly. Returns the clips themselves if they are
 * no longer than that.
 */
export const excerptsOf = (
  clips: readonly BenchClip[],
  ms: number,
): readonly BenchClip[] => {
  if (lengthOf(clips) <= ms) return clips
  const share = Math.max(SHORTEST_EXCERPT_MS, ms / clips.length)
  const parts = clips.map(clip => middleOf(clip, share))
  const every = Math.max(1, lengthOf(parts) / ms)
  return Array.from(
    { length: Math.ceil(parts.length / every) },
    (_, i) => parts[Math.floor(i * every)]!,
  )
}
