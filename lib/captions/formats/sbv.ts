import type { CueFormat } from './caption-writer.ts'
import { timecode } from '../../core/timecode.ts'

const time = (ms: number): string => timecode(ms, '.').replace(/^0/, '')

/** The comma of a text line that looks like the times of a cue. */
const comma = /(?<=^\d+:\d\d:\d\d(?:\.\d+)? ?),(?= ?\d+:\d\d:\d\d(?:\.\d+)?$)/

/**
 * YouTube's SBV: `H:MM:SS.mmm,H:MM:SS.mmm`, then the lines. It has no escapes: in
 * a line that looks like such times, `‚` replaces the comma.
 */
export const sbv: CueFormat = {
  extension: 'sbv',
  openCues: () => ({
    begin: () => '',
    cue: ({ start, end, lines }) =>
      `${time(start)},${time(end)}\n${lines.map(line => line.replace(comma, '‚')).join('\n')}\n\n`,
    end: () => '',
  }),
}
