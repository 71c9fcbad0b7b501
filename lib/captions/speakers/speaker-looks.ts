import { cleanText } from '../cues/clean-text.ts'
import { cueColors, type CueColor } from '../cues/cue.ts'
import type { SpeakerLook } from '../profiles.ts'

/** How a speaker is shown where they begin to speak. */
export type SpeakerMark = {
  /** Stands before the text; empty where nothing does. */
  readonly prefix: string
  readonly color?: CueColor
}

/**
 * Shows who speaks, as turns come in order. Names, arrows and dashes stand where
 * the speaker changes (a dash not before the first one); a colour stays a
 * speaker's own, the fifth has that of the first again.
 */
export class SpeakerMarks {
  readonly #look: SpeakerLook
  readonly #colors = new Map<string, CueColor>()
  #last: string | undefined

  constructor(look: SpeakerLook) {
    this.#look = look
  }

  /** The mark of a turn; a speaker who is not known has none. */
  next(speaker: string | undefined): SpeakerMark {
    if (speaker === undefined) return { prefix: '' }
    const before = this.#last
    this.#last = speaker
    if (this.#look === 'colors')
      return { prefix: '', color: this.#colorOf(speaker) }
    if (speaker === before) return { prefix: '' }
    switch (this.#look) {
      case 'names':
        return { prefix: `${cleanText(speaker)}:` }
      case 'arrows':
        return { prefix: '>>' }
      case 'dashes':
        return { prefix: before === undefined ? '' : '-' }
      default:
        return { prefix: '' }
    }
  }

  #colorOf(speaker: string): CueColor {
    const known = this.#colors.get(speaker)
    if (known) return known
    const color = cueColors[this.#colors.size % cueColors.length]!
    this.#colors.set(speaker, color)
    return color
  }
}
