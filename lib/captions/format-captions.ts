import type { TranscriptEvent } from '../core/transcript-event.ts'
import { captionWriters } from './caption-formats.ts'
import {
  resolveCaptionOptions,
  type CaptionOptions,
} from './caption-options.ts'
import { checkEvent } from './check-event.ts'

/**
 * Formats a whole transcript at once; {@link CaptionFormatter} writes the same
 * text as the events come.
 *
 * @throws OptionError if an option cannot be used.
 * @throws FormatError if something is no transcript event.
 */
export const formatCaptions = (
  events: Iterable<TranscriptEvent>,
  options: CaptionOptions = {},
): string => {
  const { format, limits } = resolveCaptionOptions(options)
  const writer = captionWriters[format](limits)
  const parts = [writer.begin()]
  for (const event of events) parts.push(writer.event(checkEvent(event)))
  parts.push(writer.end())
  return parts.join('')
}
