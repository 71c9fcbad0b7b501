import type { FinalEvent } from '../core/transcript-event.ts'
import type { CaptionWriter } from './caption-writer.ts'
import type { Cue, CueLimits } from './cue.ts'
import { CueTrack } from './cue-track.ts'
import { cuesOf } from './cues-of.ts'

/** How a cue format differs from the others. */
export type CueFormat = {
  /** What the file starts with. */
  readonly header: string
  /** Changes a final's text before it is divided into cues. */
  readonly prepare?: (text: string) => string
  /** Writes a cue; `index` counts from 1. */
  readonly write: (cue: Cue, index: number) => string
}

/**
 * Writer of a format made of cues. A gap is a cue `[inaudible]` over its whole
 * range. Holds nothing but the end of the last cue.
 */
export const cueWriter = (
  { header, prepare, write }: CueFormat,
  limits: CueLimits,
): CaptionWriter => {
  const track = new CueTrack()
  let index = 0

  const put = (cue: Cue, channel?: number): string =>
    write(track.place(cue, channel), ++index)

  const prepared = (final: FinalEvent): FinalEvent =>
    prepare ? { ...final, text: prepare(final.text) } : final

  return {
    begin: () => header,
    event(event) {
      if (event.type === 'final')
        return cuesOf(prepared(event), limits)
          .map(cue => put(cue, event.channel))
          .join('')
      if (event.type !== 'gap') return ''
      const start = Math.round(event.start)
      const end = Math.max(start + 1, Math.round(event.end))
      return put({ start, end, lines: ['[inaudible]'] })
    },
    end: () => '',
  }
}
