import { cleanText } from './clean-text.ts'
import type { Cue } from './cue.ts'

/**
 * A cue that came from elsewhere as every format can write it: its times in
 * whole ms, its end behind its start, its lines {@link cleanText | clean} and
 * none of them empty. Nothing where no text is left.
 *
 * @param prepare changes a text before
 */
export const cleanCue = (
  cue: Cue,
  prepare: (text: string) => string = text => text,
): Cue | undefined => {
  const lines = cue.lines
    .map(line => cleanText(prepare(line)))
    .filter(line => line !== '')
  if (lines.length === 0) return undefined
  const start = Math.round(cue.start)
  const end = Math.max(start + 1, Math.round(cue.end))
  return { ...cue, start, end, lines }
}
