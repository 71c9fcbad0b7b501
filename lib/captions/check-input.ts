import type { TranscriptEvent } from '../core/transcript-event.ts'
import { checkEvent, refuse, text, range } from './check-event.ts'
import { cueColors, type Cue } from './cue.ts'

/**
 * A value as the transcript event or the cue that it should be, checked where
 * captions rely on it.
 *
 * @throws FormatError if it is neither, or lacks a text or a time.
 */
export const checkInput = (value: unknown): TranscriptEvent | Cue => {
  if (typeof value !== 'object' || value === null || !('lines' in value))
    return checkEvent(value)
  const fields = value as Record<string, unknown>
  range('cue', fields)
  const { lines } = fields
  if (!Array.isArray(lines) || !lines.every(line => typeof line === 'string'))
    return refuse("'lines' of a cue is no list of texts")
  if (fields.speaker !== undefined) text('cue', fields, 'speaker')
  const { color } = fields
  if (color !== undefined && !(cueColors as readonly unknown[]).includes(color))
    return refuse("'color' of a cue is none that captions have")
  return value as Cue
}
