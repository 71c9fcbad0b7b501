import { cleanText } from '../cues/caption-text.ts'
import { cueColors, type CueColor } from '../cues/cue.ts'
import type { SpeakerStyle } from '../profiles.ts'

/** Mark of a turn. */
export type SpeakerMark = {
  /** Precedes the text; may be empty. */
  readonly prefix: string
  readonly color?: CueColor
}

/**
 * Marks turns in order. Names, arrows and dashes mark changes of speaker (a
 * dash not the first one). Each speaker keeps a colour; the fifth has that of
 * the first.
 */
export class SpeakerMarks {
  readonly #look: SpeakerStyle
  readonly #colors = new Map<string, CueColor>()
  #last: string | undefined

  constructor(look: SpeakerStyle) {
    this.#look = look
  }

  /** Returns the mark of a turn; unknown speakers have none. */
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
