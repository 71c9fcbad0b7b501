import type { CueFormat } from './caption-writer.ts'
import { cleanText } from '../cues/caption-text.ts'
import { colorValues, cueColors } from '../cues/cue.ts'
import { isVertical, type CaptionProfile } from '../profiles.ts'
import { timecode } from '../../core/timecode.ts'

const columns =
  'Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, ' +
  'BackColour, Bold, Italic, Underline, StrikeOut, ScaleX, ScaleY, Spacing, ' +
  'Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, ' +
  'Encoding'

type Layout = {
  readonly width: number
  readonly height: number
  readonly size: number
  readonly margin: number
  /** 1 is bottom left, 2 bottom centre. */
  readonly alignment: 1 | 2
}

const layoutOf = (profile: CaptionProfile): Layout => ({
  ...(isVertical(profile)
    ? { width: 1080, height: 1920, size: 72, margin: 54 }
    : { width: 1920, height: 1080, size: 60, margin: 192 }),
  alignment: profile.mode === 'roll-up' ? 1 : 2,
})

/** Returns a style; ASS orders colours blue, green, red. */
const styleOf = (name: string, rgb: string, layout: Layout): string => {
  const { size, margin, alignment } = layout
  const color = `&H00${rgb.replace(/(..)(..)(..)/, '$3$2$1')}`
  const colors = `${color},${color},&H00000000,&H80000000`
  const text = `Arial,${size},${colors},0,0,0,0,100,100,0,0,1,3,1`
  return `Style: ${name},${text},${alignment},${margin},${margin},60,1\n`
}

const header = (layout: Layout): string => `[Script Info]
ScriptType: v4.00+
WrapStyle: 0
ScaledBorderAndShadow: yes
PlayResX: ${layout.width}
PlayResY: ${layout.height}

[V4+ Styles]
Format: ${columns}
${styleOf('Default', colorValues.white, layout)}${cueColors
  .map(color => styleOf(color, colorValues[color], layout))
  .join('')}
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
`

/** Replaces characters that begin overrides, line breaks or spaces. */
const withoutCodes = (line: string): string =>
  line
    .replaceAll('{', '(')
    .replaceAll('}', ')')
    .replace(/\\(?=[Nnh]|$)/g, '⧵')

const time = (hundredths: number): string =>
  timecode(hundredths * 10, '.').replace(/^0|0$/g, '')

/**
 * Advanced SubStation Alpha, v4.00+: a style per colour, the speaker as `Name`,
 * lines separated by `\N`. Not all players know its escapes: `{…}` becomes
 * `(…)`, `\N` `⧵N`, a comma in a name `‚`. Times are hundredths of a second:
 * cues of one channel never overlap, and each lasts at least one. Roll-up cues
 * are left aligned, others centred; the picture is 16:9, or 9:16 for short
 * lines.
 */
export const ass: CueFormat = {
  extension: 'ass',
  openCues(profile) {
    const ends = new Map<number | undefined, number>()
    return {
      begin: () => header(layoutOf(profile)),
      cue({ lines, color = 'Default', speaker = '', channel, ...cue }) {
        const free = ends.get(channel) ?? 0
        const start = Math.max(free, Math.round(cue.start / 10))
        const end = Math.max(start + 1, Math.round(cue.end / 10))
        ends.set(channel, end)
        const name = cleanText(speaker).replaceAll(',', '‚')
        const text = lines.map(withoutCodes).join('\\N')
        return `Dialogue: 0,${time(start)},${time(end)},${color},${name},0,0,0,,${text}\n`
      },
      end: () => '',
    }
  },
}
