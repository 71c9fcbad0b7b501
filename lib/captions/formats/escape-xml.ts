const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Everything but XML 1.0's `Char`. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/**
 * A text as it may stand in XML 1.0, in an element or in an attribute's double
 * quotes; characters that XML forbids become U+FFFD.
 */
export const escapeXml = (text: string): string =>
  text
    .replace(forbidden, '\ufffd')
    .replace(/[&<>"]/g, character => entities[character]!)
