import type { CueFormat } from './caption-writer.ts'
import { cleanText } from '../cues/clean-text.ts'
import { colorValues, cueColors, type Cue } from '../cues/cue.ts'
import { timecode } from './timecode.ts'

/** With `>` escaped no text can hold the arrow of a timing line. */
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const style = `STYLE
${cueColors.map(c => `::cue(.${c}) { color: #${colorValues[c]} }`).join('\n')}

`

/** What rolls up keeps to the left, however long its lines are. */
const atLeft = ' align:start position:10%,line-left size:80%'

const payload = ({ lines, color, speaker = '' }: Cue): string => {
  const text = lines.map(escape).join('\n')
  const name = escape(cleanText(speaker))
  const voice = name && `<v ${name}>`
  return voice + (color ? `<c.${color}>${text}</c>` : text)
}

/**
 * WebVTT: a header, then cues. `&`, `<` and `>` are escaped, lines are never
 * blank, starts never go back and every end is after its start, as the standard
 * asks. A speaker is a voice span, a colour a class of its name; these have
 * their `STYLE` where the profile has colours. Cues that roll up are left
 * aligned, the others stand at the bottom, centred, as players do by default.
 */
export const vtt: CueFormat = {
  extension: 'vtt',
  openCues({ mode, speakers }) {
    const settings = mode === 'roll-up' ? atLeft : ''
    return {
      begin: () => `WEBVTT\n\n${speakers === 'colors' ? style : ''}`,
      cue: cue =>
        `${timecode(cue.start, '.')} --> ${timecode(cue.end, '.')}` +
        `${settings}\n${payload(cue)}\n\n`,
      end: () => '',
    }
  },
}
