const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
}

/** Everything but XML 1.0's `Char`. */
const forbidden = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

const escaped = (text: string): string =>
  text
    .replaceAll(forbidden, '\ufffd')
    .replaceAll(/[&<>"]/g, character => entities[character]!)

/** HTML, in which everything that is text is escaped. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** What may stand between the tags of {@link html}. */
export type Content =
  Markup | string | number | false | undefined | readonly Content[]

const textOf = (content: Content): string => {
  if (content === undefined || content === false) return ''
  if (content instanceof Markup) return content.text
  if (typeof content === 'object') return content.map(textOf).join('')
  return escaped(String(content))
}

/**
 * Makes HTML of a template: what stands in `${}` is escaped, for elements and
 * for attributes in double quotes, unless it was made by this itself.
 */
export const html = (
  { raw }: TemplateStringsArray,
  ...contents: readonly Content[]
): Markup =>
  new Markup(
    raw
      .map((part, i) => (i === 0 ? part : textOf(contents[i - 1]) + part))
      .join(''),
  )
