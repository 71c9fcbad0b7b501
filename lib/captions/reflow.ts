import type { FinalEvent } from '../core/transcript-event.ts'
import type { Cue } from './cue.ts'

/** A cue's text in one line. */
export const textOf = ({ lines }: Cue): string => lines.join(' ')

/** A cue as the final that it might have been made of. */
export const finalOf = (cue: Cue, turn: string): FinalEvent => ({
  type: 'final',
  turn,
  text: textOf(cue),
  start: cue.start,
  end: cue.end,
  ...(cue.speaker !== undefined && { speaker: cue.speaker }),
  ...(cue.channel !== undefined && { channel: cue.channel }),
})
