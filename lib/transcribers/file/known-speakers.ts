import { sniff } from '../../decode/sniff.ts'
import { OptionError } from '../../core/errors.ts'
import type { KnownSpeaker } from './options.ts'
import { nameFormat } from './upload-format.ts'

const MAX_SPEAKERS = 4

const refuse = (problem: string): never => {
  throw new OptionError('knownSpeakers', problem)
}

const dataUrl = ({ name, reference }: KnownSpeaker): string => {
  if (typeof reference === 'string') {
    if (!/^data:audio\/[^,]+;base64,./i.test(reference))
      refuse(`has no data:audio/…;base64 URL for '${name}'`)
    return reference
  }
  const format =
    reference instanceof Uint8Array
      ? nameFormat(sniff(reference, true), reference)
      : undefined
  if (!format)
    return refuse(
      `must have bytes of flac, mp3, m4a, ogg, wav or webm for '${name}'`,
    )
  const base64 = Buffer.from(reference).toString('base64')
  return `data:${format.type};base64,${base64}`
}

/**
 * The fields that tell who is who.
 *
 * @throws OptionError for more than four, names that are empty or the same,
 * and voices that are no audio
 */
export const knownSpeakerFields = (
  speakers: readonly KnownSpeaker[],
): Readonly<Record<string, unknown>> => {
  if (speakers.length === 0) return {}
  if (speakers.length > MAX_SPEAKERS) refuse(`can be ${MAX_SPEAKERS} at most`)
  const names = speakers.map(({ name }) => name)
  if (names.some(name => typeof name !== 'string' || name.trim() === ''))
    refuse('must have names')
  if (new Set(names).size < names.length) refuse('must have different names')
  return {
    known_speaker_names: names,
    known_speaker_references: speakers.map(dataUrl),
  }
}
