import type { CueFormat } from './caption-writer.ts'
import { timecode } from './timecode.ts'

const time = (ms: number): string => timecode(ms, '.').replace(/^0/, '')

/** A line that is the times of a cue would be taken for one. */
const harmless = (line: string): string =>
  line.replace(/(?<=^\s*[\d:.]+\s*),(?=\s*[\d:.]+\s*$)/, '‚')

/**
 * YouTube's SBV: `H:MM:SS.mmm,H:MM:SS.mmm`, then the lines. It has no escapes:
 * in a line that looks like such times, `‚` stands for the comma.
 */
export const sbv: CueFormat = {
  extension: 'sbv',
  openCues: () => ({
    begin: () => '',
    cue: ({ start, end, lines }) =>
      `${time(start)},${time(end)}\n${lines.map(harmless).join('\n')}\n\n`,
    end: () => '',
  }),
}
