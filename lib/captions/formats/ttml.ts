import type { CueFormat } from './caption-writer.ts'
import { cleanText } from '../cues/clean-text.ts'
import { colorValues, cueColors } from '../cues/cue.ts'
import { escapeXml } from './escape-xml.ts'
import { isUpright, type CaptionProfile } from '../profiles.ts'
import { timecode } from './timecode.ts'

const colors = cueColors
  .map(c => `      <style xml:id="${c}" tts:color="#${colorValues[c]}"/>\n`)
  .join('')

const header = (profile: CaptionProfile): string => {
  const align = profile.mode === 'roll-up' ? 'start' : 'center'
  const [size, margin] = isUpright(profile) ? [56, 5] : [80, 10]
  return `<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:ebutts="urn:ebu:tt:style" ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media" xml:space="preserve" xml:lang="">
  <head>
    <styling>
      <style xml:id="caption" tts:fontFamily="proportionalSansSerif" tts:fontSize="${size}%" tts:lineHeight="125%" tts:textAlign="${align}" ebutts:linePadding="0.5c"/>
      <style xml:id="text" tts:color="#FFFFFF" tts:backgroundColor="#000000C0"/>
${colors}    </styling>
    <layout>
      <region xml:id="bottom" tts:origin="${margin}% 10%" tts:extent="${100 - 2 * margin}% 80%" tts:displayAlign="after"/>
    </layout>
  </head>
  <body style="caption">
    <div region="bottom">
`
}

/**
 * TTML2 in the Text Profile of IMSC 1.1. The language is left open, for the
 * head is written before it is known; so are the speakers, whose names stand as
 * `ttm:desc` with what they say, as agents would have to be in the head. Cues
 * that roll up are left aligned, the others centred, at the bottom. What XML
 * cannot hold becomes U+FFFD.
 */
export const ttml: CueFormat = {
  extension: 'ttml',
  openCues: profile => ({
    begin: () => header(profile),
    cue({ start, end, lines, color, speaker = '' }) {
      const name = escapeXml(cleanText(speaker))
      const desc = name && `<ttm:desc>${name}</ttm:desc>`
      const text = lines.map(escapeXml).join('<br/>')
      const style = color ? `text ${color}` : 'text'
      return (
        `      <p begin="${timecode(start, '.')}" end="${timecode(end, '.')}">` +
        `${desc}<span style="${style}">${text}</span></p>\n`
      )
    },
    end: () => '    </div>\n  </body>\n</tt>\n',
  }),
}
