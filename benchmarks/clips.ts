import { join } from 'node:path'
import { InputError } from 'voxpipe'
import { readClipFolder, type ClipEntry } from './clip-folder.ts'
import { packageRoot } from './machine.ts'
import { readSamples } from './samples.ts'
import type { PlacedWord } from './latency/turn-records.ts'

/** A clip of speech, and what is said in it. */
export type BenchClip = {
  readonly id: string
  /** Absolute path. */
  readonly path: string
  /** Mono, 16 kHz. */
  readonly samples: Float32Array
  readonly text: string
  /** What is said when, in ms; undefined where nobody has told. */
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
  { words, language = 'en', ...entry }: ClipEntry,
  signal: AbortSignal,
): Promise<BenchClip> => ({
  ...entry,
  words: words?.map(({ word, start, end }) => ({
    text: word,
    start: start * 1_000,
    end: end * 1_000,
  })),
  language,
  samples: await samplesOf(entry.path, signal),
})

/**
 * Reads clips of speech with their references.
 *
 * @param options.data folder with a manifest.json, or with audio beside texts
 *   of the same name; default: the clips of the package
 * @param options.language spoken where the manifest does not say; default `en`
 * @throws InputError where the folder, its manifest or a clip makes no sense
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
