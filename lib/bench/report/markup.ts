import { escapeXml } from '../../captions/formats/escape-xml.ts'

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
  return escapeXml(String(content))
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
