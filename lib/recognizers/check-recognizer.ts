import { isFloat32Array } from 'node:util/types'
import { EngineFailedError, OptionError } from '../core/errors.ts'
import { checkInteger } from '../core/options.ts'
import type { Recognition, Recognizer } from './recognizer.ts'
import {
  VAD_FRAME,
  type VoiceActivity,
  type VoiceRating,
} from './voice-activity.ts'

/**
 * Checks an option that has to be what finds speech.
 *
 * @throws OptionError
 */
export const checkVoiceActivity = (
  value: VoiceActivity | undefined,
  name = 'voiceActivity',
): void => {
  if (value !== undefined && typeof value?.detect !== 'function')
    throw new OptionError(name, 'must be an object with detect()')
}

/** Whether something could be a recogniser. */
const isRecognizer = (value: unknown): value is Recognizer => {
  if (typeof value !== 'object' || value === null) return false
  const { model, recognize } = value as Partial<Recognizer>
  return typeof model === 'string' && typeof recognize === 'function'
}

/**
 * Checks an option that has to be a recogniser.
 *
 * @throws OptionError
 */
export const checkRecognizer = (value: Recognizer | undefined): void => {
  if (value === undefined) return
  if (!isRecognizer(value))
    throw new OptionError(
      'recognizer',
      'must be an object with model, which is its name, and recognize()',
    )
  const { size, languages, voiceActivity } = value
  if (size !== undefined) checkInteger('recognizer.size', size, 1)
  if (languages !== undefined && !Array.isArray(languages))
    throw new OptionError('recognizer.languages', 'must be a list of codes')
  for (const name of ['ready', 'warmUp', 'guess', 'open', 'close'] as const)
    if (value[name] !== undefined && typeof value[name] !== 'function')
      throw new OptionError(`recognizer.${name}`, 'must be a function')
  checkVoiceActivity(voiceActivity, 'recognizer.voiceActivity')
}

/**
 * What a recogniser answered.
 *
 * @throws EngineFailedError if it is no answer
 */
export const checkRecognition = (
  { model }: Recognizer,
  answer: Recognition,
): Recognition => {
  const { text, words } = (answer as Recognition | undefined) ?? {}
  if (typeof text === 'string' || Array.isArray(words)) return answer
  throw new EngineFailedError(
    `the recogniser ${model} gave no answer: it must resolve to { text } or { words }`,
  )
}

/**
 * What rates audio answered.
 *
 * @throws EngineFailedError if it is no answer to so many samples
 */
export const checkRating = (
  rating: VoiceRating,
  samples: number,
): VoiceRating => {
  const { probabilities } = (rating as VoiceRating | undefined) ?? {}
  const frames = samples / VAD_FRAME
  if (
    isFloat32Array(probabilities) && // of any realm: Jest's are others
    probabilities.length === frames &&
    !probabilities.some(Number.isNaN)
  )
    return rating
  throw new EngineFailedError(
    'voice activity gave no answer: detect() must resolve to { probabilities }, ' +
      `a Float32Array of ${frames} for ${samples} samples`,
  )
}
