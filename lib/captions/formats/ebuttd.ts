import type { CueFormat } from './caption-writer.ts'
import { colorValues, cueColors } from '../cues/cue.ts'
import { escapeXml } from './escape-xml.ts'
import { isUpright, type CaptionProfile } from '../profiles.ts'
import { timecode } from './timecode.ts'

const colors = cueColors
  .map(c => `      <tt:style xml:id="${c}" tts:color="#${colorValues[c]}"/>\n`)
  .join('')

const header = (profile: CaptionProfile): string => {
  const align = profile.mode === 'roll-up' ? 'start' : 'center'
  const [size, margin] = isUpright(profile) ? [56, 5] : [80, 10]
  return `<?xml version="1.0" encoding="UTF-8"?>
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ebuttm="urn:ebu:tt:metadata" xmlns:ebutts="urn:ebu:tt:style" ttp:timeBase="media" ttp:cellResolution="32 15" xml:space="preserve" xml:lang="">
  <tt:head>
    <tt:metadata>
      <ebuttm:documentMetadata>
        <ebuttm:conformsToStandard>urn:ebu:tt:distribution:2014-01</ebuttm:conformsToStandard>
        <ebuttm:conformsToStandard>urn:ebu:tt:distribution:2018-04</ebuttm:conformsToStandard>
      </ebuttm:documentMetadata>
    </tt:metadata>
    <tt:styling>
      <tt:style xml:id="caption" tts:fontFamily="proportionalSansSerif" tts:fontSize="${size}%" tts:lineHeight="125%" tts:textAlign="${align}" ebutts:linePadding="0.5c"/>
      <tt:style xml:id="text" tts:color="#FFFFFF" tts:backgroundColor="#000000C0"/>
${colors}    </tt:styling>
    <tt:layout>
      <tt:region xml:id="bottom" tts:origin="${margin}% 10%" tts:extent="${100 - 2 * margin}% 80%" tts:displayAlign="after"/>
    </tt:layout>
  </tt:head>
`
}

const body = '  <tt:body>\n    <tt:div>\n'

/**
 * EBU-TT-D 1.0.1 (EBU Tech 3380): broadcasters' subtitles over the internet.
 * Speakers are told apart by colours, or by the text; it has no place for their
 * names in a stream. The language is left open, for the head is written before
 * it is known. Cues that roll up are left aligned, the others centred, at the
 * bottom. What XML cannot hold becomes U+FFFD.
 */
export const ebuttd: CueFormat = {
  extension: 'xml',
  openCues(profile) {
    let closing = ''
    return {
      begin: () => header(profile),
      cue({ start, end, lines, color }, index) {
        const opening = closing ? '' : body // there is none without a cue
        closing = '    </tt:div>\n  </tt:body>\n'
        const text = lines.map(escapeXml).join('<tt:br/>')
        const style = color ? `text ${color}` : 'text'
        return (
          `${opening}      <tt:p xml:id="cue${index}" region="bottom" ` +
          `style="caption" begin="${timecode(start, '.')}" ` +
          `end="${timecode(end, '.')}">` +
          `<tt:span style="${style}">${text}</tt:span></tt:p>\n`
        )
      },
      end: () => `${closing}</tt:tt>\n`,
    }
  },
}
