import {
  resolveCaptionOptions,
  type CaptionOptions,
} from './caption-options.ts'
import { openWriter, type CaptionInput } from './open-writer.ts'

/**
 * Formats a whole transcript at once; {@link CaptionFormatter} writes the same
 * text as the events come.
 *
 * @throws OptionError if an option cannot be used.
 * @throws FormatError if something is no transcript event.
 */
export const formatCaptions = (
  events: Iterable<CaptionInput>,
  options: CaptionOptions = {},
): string => {
  const writer = openWriter(resolveCaptionOptions(options))
  const parts = [writer.begin()]
  for (const event of events) parts.push(writer.write(event))
  parts.push(writer.end())
  return parts.join('')
}
