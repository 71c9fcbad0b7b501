import type { FinalEvent } from '../core/transcript-event.ts'
import { breakLines } from './break-lines.ts'
import { cleanText } from './clean-text.ts'
import type { Cue } from './cue.ts'
import { plainProfile, type CaptionProfile } from './profiles.ts'
import { splitCues } from './split-cues.ts'
import { tokenTimes } from './token-times.ts'
import { tokensOf } from './tokens.ts'

/**
 * The cues of one final, in order and never overlapping, all within the turn:
 * a short cue is held into the pause after it, never into the next cue, and the
 * turn's last one ends with the turn, for what follows is not yet known. A turn
 * of less ms than it has cues is the one that its cues run over: each lasts 1 ms
 * at least, for a cue without length is no cue. No word is lost, added or moved;
 * text that {@link cleanText} leaves empty gives none.
 */
export const cuesOf = (
  final: FinalEvent,
  limits: CaptionProfile = plainProfile,
): Cue[] => {
  const tokens = tokensOf(cleanText(final.text), limits.maxLineWidth)
  if (tokens.length === 0) return []
  const times = tokenTimes(final, tokens)
  const ranges = splitCues(tokens, times, limits)
  const { minDurationMs, maxDurationMs } = limits
  const turnEnd = Math.max(final.start, final.end)

  let free = 0
  return ranges.map(({ from, to }, k): Cue => {
    const spoken = times.starts[from]!
    const next = ranges[k + 1] ? times.starts[to]! : turnEnd
    const held = Math.max(times.ends[to - 1]!, spoken + minDurationMs)
    const start = Math.max(free, Math.round(spoken))
    const shown = Math.min(held, next, spoken + maxDurationMs)
    const end = Math.max(start + 1, Math.round(shown))
    free = end
    const lines = breakLines(tokens.slice(from, to), limits.maxLineWidth)
    const cue = { start, end, lines }
    return final.speaker === undefined
      ? cue
      : Object.assign(cue, { speaker: final.speaker })
  })
}
