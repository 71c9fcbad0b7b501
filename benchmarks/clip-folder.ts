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
  readonly id: string
  /** Absolute path. */
  readonly path: string
  readonly text: string
  /** Times in seconds. */
  readonly words?: readonly {
    readonly word: string
    readonly start: number
    readonly end: number
  }[]
  readonly language?: string
}

const seconds = z.number().nonnegative()
const manifestSchema = z
  .array(
    z.object({
      id: z.string().min(1).optional(),
      file: z.string().min(1),
      text: z.string(),
      language: z.string().min(1).optional(),
      words: z
        .array(z.object({ word: z.string(), start: seconds, end: seconds }))
        .optional(),
    }),
  )
  .min(1)

const EXAMPLE = '[{ "file": "a.wav", "text": "what is said" }]'

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
    text,
    ...(language !== undefined && { language }),
    ...(words && { words }),
  }))
}

const fromPairs = async (
  names: readonly string[],
  folder: string,
): Promise<ClipEntry[]> => {
  const clips: ClipEntry[] = []
  for (const name of names.toSorted()) {
    const told = `${idOf(name)}.txt`
    if (extname(name) === '.txt' || !names.includes(told)) continue
    const text = (await readFile(join(folder, told), 'utf8')).trim()
    clips.push({ id: idOf(name), path: join(folder, name), text })
  }
  if (clips.length === 0)
    throw new InputError(
      `'${folder}' has no clips; it needs a manifest.json, or audio files with what is said in a .txt of the same name`,
    )
  return clips
}

/**
 * Lists the clips of a folder: those of its `manifest.json`, else every audio
 * file that has a text of the same name beside it, in order of their names.
 *
 * @throws InputError where it cannot be read, or has none
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
  if (!names.includes('manifest.json')) return fromPairs(names, at)
  return fromManifest(await readFile(join(at, 'manifest.json'), 'utf8'), at)
}
