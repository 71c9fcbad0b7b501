import { timecode } from '../../core/timecode.ts'
import { cleanText } from '../cues/caption-text.ts'
import { colorValues, cueColors } from '../cues/cue.ts'
import { isVertical, type CaptionProfile } from '../profiles.ts'
import type { CueFormat } from './caption-writer.ts'

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/**
 * Escapes a text for an element or a double-quoted attribute; forbidden
 * characters become U+FFFD.
 */
export const escapeXml = (text: string): string =>
  text
    .replace(forbidden, '\ufffd')
    .replace(/[&<>"]/g, character => entities[character]!)

/**
 * Returns the head of a document: styles, and a region at the bottom.
 * @param tt prefix of TTML's elements
 */
const head = (profile: CaptionProfile, tt = '', metadata = ''): string => {
  const align = profile.mode === 'roll-up' ? 'start' : 'center'
  const [size, margin] = isVertical(profile) ? [56, 5] : [80, 10]
  const colors = cueColors.map(
    c => `      <${tt}style xml:id="${c}" tts:color="#${colorValues[c]}"/>\n`,
  )
  return `  <${tt}head>
${metadata}    <${tt}styling>
      <${tt}style xml:id="caption" tts:fontFamily="proportionalSansSerif" tts:fontSize="${size}%" tts:lineHeight="125%" tts:textAlign="${align}" ebutts:linePadding="0.5c"/>
      <${tt}style xml:id="text" tts:color="#FFFFFF" tts:backgroundColor="#000000C0"/>
${colors.join('')}    </${tt}styling>
    <${tt}layout>
      <${tt}region xml:id="bottom" tts:origin="${margin}% 10%" tts:extent="${100 - 2 * margin}% 80%" tts:displayAlign="after"/>
    </${tt}layout>
  </${tt}head>
`
}

/**
 * TTML2 in the Text Profile of IMSC 1.1. The head is written first, so it has
 * no language and no agents; a speaker's name is a `ttm:desc` in the cue.
 * Roll-up cues are left aligned, others centred, at the bottom.
 */
export const ttml: CueFormat = {
  extension: 'ttml',
  openCues: profile => ({
    begin: () => `<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:ebutts="urn:ebu:tt:style" ttp:contentProfiles="http://www.w3.org/ns/ttml/profile/imsc1.1/text" ttp:timeBase="media" xml:space="preserve" xml:lang="">
${head(profile)}  <body style="caption">
    <div region="bottom">
`,
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

const ebuMetadata = `    <tt:metadata>
      <ebuttm:documentMetadata>
        <ebuttm:conformsToStandard>urn:ebu:tt:distribution:2014-01</ebuttm:conformsToStandard>
        <ebuttm:conformsToStandard>urn:ebu:tt:distribution:2018-04</ebuttm:conformsToStandard>
      </ebuttm:documentMetadata>
    </tt:metadata>
`

/**
 * EBU-TT-D 1.0.1 (EBU Tech 3380): broadcasters' subtitles over the internet. It
 * has no place for names of speakers: colours or text identify them. Otherwise
 * as {@link ttml}.
 */
export const ebuttd: CueFormat = {
  extension: 'xml',
  openCues(profile) {
    let closing = ''
    return {
      begin: () => `<?xml version="1.0" encoding="UTF-8"?>
<tt:tt xmlns:tt="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" xmlns:tts="http://www.w3.org/ns/ttml#styling" xmlns:ebuttm="urn:ebu:tt:metadata" xmlns:ebutts="urn:ebu:tt:style" ttp:timeBase="media" ttp:cellResolution="32 15" xml:space="preserve" xml:lang="">
${head(profile, 'tt:', ebuMetadata)}`,
      cue({ start, end, lines, color }, index) {
        // Without cues there is no body.
        const opening = closing ? '' : '  <tt:body>\n    <tt:div>\n'
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
