import type { CueFormat } from './caption-writer.ts'
import { timecode } from './timecode.ts'

const time = (ms: number): string => timecode(ms, '.').replace(/^0/, '')

/** The comma of a line that is the times of a cue, and would be taken for it. */
const comma = /(?<=^\d+:\d\d:\d\d(?:\.\d+)? ?),(?= ?\d+:\d\d:\d\d(?:\.\d+)?$)/

/**
 * YouTube's SBV: `H:MM:SS.mmm,H:MM:SS.mmm`, then the lines. It has no escapes:
 * in a line that looks like such times, `‚` stands for the comma.
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
