import { readdir, readFile } from 'node:fs/promises'
import { basename, extname, join, resolve } from 'node:path'
import { OptionError, InputError } from 'voxpipe'
import { z } from 'zod'

/**
 * Returns the language of a code such as `de`, `pt-BR` or `deu`, in its
 * shortest form.
 *
 * @throws {OptionError} for what is no such code
 */
export const languageOf = (code: string): string => {
  const usable = /^[a-z]{2,3}(?:[-_][a-z\d]{2,8})*$/i.test(code)
  try {
    if (usable) return new Intl.Locale(code.replaceAll('_', '-')).language
  } catch {
    // Reported below.
  }
  throw new OptionError(
    'language',
    `must be a code such as 'en', 'de' or 'pt-BR', got '${code}'`,
  )
}

/** Whether a language is English: `en`, `en-…`, `eng` or `english`. */
export const isEnglish = (language: string): boolean => {
  if (language.toLowerCase() === 'english') return true
  try {
    return languageOf(language) === 'en'
  } catch {
    return false
  }
}

/** A clip as a folder has it. */
export type ClipEntry = {
  /** Name of the clip, unique in its folder. */
  readonly id: string
  /** Absolute path. */
  readonly path: string
  /** What is said; undefined if the folder does not have it. */
  readonly text?: string
  /** Times in seconds. */
  readonly words?: readonly {
    /** The word, as in the transcript. */
    readonly word: string
    /** In seconds. */
    readonly start: number
    /** In seconds. */
    readonly end: number
  }[]
  /** Language spoken, as an ISO 639-1 code. */
  readonly language?: string
}

const seconds = z.number().nonnegative()
const manifestSchema = z
  .array(
    z.object({
      id: z.string().min(1).optional(),
      file: z.string().min(1),
      text: z.string().optional(),
      language: z.string().min(1).optional(),
      words: z
        .array(z.object({ word: z.string(), start: seconds, end: seconds }))
        .optional(),
    }),
  )
  .min(1)

const EXAMPLE = '[{ "file": "a.wav", "text": "the words spoken" }]'

const idOf = (file: string): string => basename(file, extname(file))

const fromManifest = (json: string, folder: string): ClipEntry[] => {
  const path = join(folder, 'manifest.json')
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch (error) {
    throw new InputError(
      `'${path}' is not JSON; it should be like ${EXAMPLE}`,
      {
        cause: error,
      },
    )
  }
  const { data, error } = manifestSchema.safeParse(value)
  if (error) {
    const { path: place, message } = error.issues[0]!
    throw new InputError(
      `'${path}' is no list of clips, at ${place.join('.') || 'its top'}: ${message}; it should be like ${EXAMPLE}`,
    )
  }
  return data.map(({ id, file, text, language, words }) => ({
    id: id ?? idOf(file),
    path: resolve(folder, file),
    ...(text !== undefined && { text }),
    ...(language !== undefined && { language }),
    ...(words && { words }),
  }))
}

/** What files of audio are usually called. */
const audioExtensions: ReadonlySet<string> = new Set(
  '.wav .flac .mp3 .m4a .mp4 .mov .aac .ogg .oga .opus .webm .mkv .aif .aiff .wma .amr .3gp'.split(
    ' ',
  ),
)

const fromNames = async (
  names: readonly string[],
  folder: string,
): Promise<ClipEntry[]> => {
  const clips: ClipEntry[] = []
  for (const name of names.toSorted()) {
    const id = idOf(name)
    const extension = extname(name).toLowerCase()
    const hasText = extension !== '.txt' && names.includes(`${id}.txt`)
    if (!hasText && !audioExtensions.has(extension)) continue
    const path = join(folder, name)
    if (!hasText) clips.push({ id, path })
    else {
      const text = await readFile(join(folder, `${id}.txt`), 'utf8')
      clips.push({ id, path, text: text.trim() })
    }
  }
  if (clips.length === 0)
    throw new InputError(
      `'${folder}' contains no audio files; give a folder of recordings`,
    )
  return clips
}

/**
 * Lists the clips of a folder: those of its `manifest.json`, or else every
 * audio file, in order of their names. A `.txt` of the same name holds the text
 * of a file.
 *
 * @throws InputError if the folder cannot be read, or contains no audio
 */
export const readClipFolder = async (
  folder: string,
): Promise<readonly ClipEntry[]> => {
  const at = resolve(folder)
  let names: string[]
  try {
    names = await readdir(at)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      code === 'ENOENT'
        ? 'there is no such folder; check the name'
        : code === 'ENOTDIR'
          ? 'it is a file; give the folder of the clips'
          : 'it cannot be read; check its permissions'
    throw new InputError(`cannot read '${folder}': ${why}`, { cause: error })
  }
  if (!names.includes('manifest.json')) return fromNames(names, at)
  return fromManifest(await readFile(join(at, 'manifest.json'), 'utf8'), at)
}
