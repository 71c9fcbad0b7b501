import { FormatError } from '../../core/errors.ts'
import type { TranscriptEvent } from '../../core/transcript-event.ts'
import { cueColors, type Cue } from './cue.ts'

/** Input of captions: events of a transcriber, or cues. */
export type CaptionInput = TranscriptEvent | Cue

type Fields = Record<string, unknown>

const refuse = (problem: string): never => {
  throw new FormatError(
    `a caption formatter needs transcript events: ${problem}; ` +
      'put a transcriber in front of it',
  )
}

const text = (type: string, event: Fields, name: string): void => {
  if (typeof event[name] !== 'string')
    refuse(`'${name}' of a '${type}' event is not a string`)
}

const time = (type: string, event: Fields, name: string): void => {
  const value = event[name]
  if (
    typeof value !== 'number' ||
    !(value >= 0 && value <= Number.MAX_SAFE_INTEGER)
  )
    refuse(`'${name}' of a '${type}' event is not a time in milliseconds`)
}

const range = (type: string, event: Fields): void => {
  time(type, event, 'start')
  time(type, event, 'end')
}

const words = (list: unknown): void => {
  if (!Array.isArray(list)) return refuse("'words' of a 'final' is not a list")
  for (const word of list as unknown[]) {
    if (typeof word !== 'object' || word === null)
      return refuse("a word of a 'final' is not an object")
    text('final', word as Fields, 'text')
    range('final', word as Fields)
  }
}

const checks: Record<TranscriptEvent['type'], (event: Fields) => void> = {
  start: () => {},
  'speech-start': () => {},
  'speech-end': () => {},
  delta: event => text('delta', event, 'text'),
  final(event) {
    text('final', event, 'text')
    range('final', event)
    if (event.speaker !== undefined) text('final', event, 'speaker')
    if (event.words !== undefined) words(event.words)
  },
  gap: event => range('gap', event),
  warning: event => text('warning', event, 'message'),
  end: event => time('end', event, 'duration'),
}

/**
 * Checks the fields of a transcript event that captions use.
 * @throws FormatError if the value is invalid
 */
export const checkEvent = (value: unknown): TranscriptEvent => {
  const type =
    typeof value === 'object' && value !== null ? (value as Fields).type : null
  if (typeof type !== 'string' || !Object.hasOwn(checks, type))
    return refuse(
      typeof value === 'object'
        ? "an object without a known 'type'"
        : `a ${typeof value}`,
    )
  checks[type as TranscriptEvent['type']](value as Fields)
  return value as TranscriptEvent
}

/**
 * Checks the fields of an event or a cue that captions use.
 * @throws FormatError if the value is invalid
 */
export const checkInput = (value: unknown): CaptionInput => {
  if (typeof value !== 'object' || value === null || !('lines' in value))
    return checkEvent(value)
  const fields = value as Record<string, unknown>
  range('cue', fields)
  const { lines } = fields
  if (!Array.isArray(lines) || !lines.every(line => typeof line === 'string'))
    return refuse("'lines' of a cue is not a list of strings")
  if (fields.speaker !== undefined) text('cue', fields, 'speaker')
  const { color } = fields
  if (color !== undefined && !(cueColors as readonly unknown[]).includes(color))
    return refuse("'color' of a cue is not a caption color")
  return value as Cue
}
