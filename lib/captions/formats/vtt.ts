import type { CueFormat } from './caption-writer.ts'
import { cleanText } from '../cues/caption-text.ts'
import { colorValues, cueColors, type Cue } from '../cues/cue.ts'
import { timecode } from '../../core/timecode.ts'

/** `>` is escaped, so that no text contains the arrow of times. */
const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

const style = `STYLE
${cueColors.map(c => `::cue(.${c}) { color: #${colorValues[c]} }`).join('\n')}

`

/** Settings of roll-up cues, of any width. */
const atLeft = ' align:start position:10%,line-left size:80%'

const payload = ({ lines, color, speaker = '' }: Cue): string => {
  const text = lines.map(escape).join('\n')
  const name = escape(cleanText(speaker))
  const voice = name && `<v ${name}>`
  return voice + (color ? `<c.${color}>${text}</c>` : text)
}

/**
 * WebVTT. `&`, `<` and `>` are escaped, lines are never blank, starts never go
 * back and every end is after its start, as the standard requires. A speaker is
 * a voice span, a colour a class, styled if the profile has colours. Roll-up
 * cues are left aligned, others centred at the bottom, the default of players.
 */
export const vtt: CueFormat = {
  extension: 'vtt',
  openCues({ mode, speakerStyle }) {
    const settings = mode === 'roll-up' ? atLeft : ''
    return {
      begin: () => `WEBVTT\n\n${speakerStyle === 'colors' ? style : ''}`,
      cue: cue =>
        `${timecode(cue.start, '.')} --> ${timecode(cue.end, '.')}` +
        `${settings}\n${payload(cue)}\n\n`,
      end: () => '',
    }
  },
}
