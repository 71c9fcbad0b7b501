import type { CueFormat } from './caption-writer.ts'
import { cleanText } from './clean-text.ts'
import { colorValues } from './color-values.ts'
import { cueColors } from './cue.ts'
import { timecode } from './timecode.ts'

const columns =
  'Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, ' +
  'BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, ' +
  'Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, ' +
  'Encoding'

/** A style for text of a colour; its own order of it is blue, green, red. */
const styleOf = (name: string, rgb: string, alignment: 1 | 2): string =>
  `Style: ${name},Arial,60,&H00${rgb.replace(/(..)(..)(..)/, '$3$2$1')},` +
  '&H00FFFFFF,&H00000000,&H80000000,0,0,0,0,100,100,0,0,1,3,1,' +
  `${alignment},192,192,60,1\n`

const header = (alignment: 1 | 2): string => {
  const colored = cueColors.map(c => styleOf(c, colorValues[c], alignment))
  return `[Script Info]
ScriptType: v4.00+
WrapStyle: 0
ScaledBorderAndShadow: yes
PlayResX: 1920
PlayResY: 1080

[V4+ Styles]
Format: ${columns}
${styleOf('Default', colorValues.white, alignment)}${colored.join('')}
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`
}

/** `{` would begin an override, and a backslash a line break or a space. */
const harmless = (line: string): string =>
  line
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .replace(/\\(?=[Nnh]|$)/g, '⧵')

const time = (hundredths: number): string =>
  timecode(hundredths * 10, '.').replace(/^0|0$/g, '')

/**
 * Advanced SubStation Alpha, v4.00+: a style for each colour, the speaker as
 * `Name`, lines apart by `\N`. It has no escapes that all players know: `{…}`
 * becomes `(…)`, `\N` `⧵N`, a comma in a name `‚`. Its times are hundredths of a
 * second: cues of one channel never overlap, and none is shorter than one. Cues
 * that roll up are left aligned, the others centred.
 */
export const ass: CueFormat = {
  extension: 'ass',
  openCues({ mode }) {
    const ends = new Map<number | undefined, number>()
    return {
      begin: () => header(mode === 'roll-up' ? 1 : 2),
      cue({ lines, color = 'Default', speaker = '', channel, ...cue }) {
        const free = ends.get(channel) ?? 0
        const start = Math.max(free, Math.round(cue.start / 10))
        const end = Math.max(start + 1, Math.round(cue.end / 10))
        ends.set(channel, end)
        const name = cleanText(speaker).replaceAll(',', '‚')
        const text = lines.map(harmless).join('\\N')
        return `Dialogue: 0,${time(start)},${time(end)},${color},${name},0,0,0,,${text}\n`
      },
      end: () => '',
    }
  },
}
