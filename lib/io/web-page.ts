/** What to do if a web page comes in place of a service's answer. */
export const PAGE_CURE =
  'check the base URL, and whether this network asks you to sign in first'

/** Whether an answer is a web page, by its type or its first characters. */
export const isWebPage = (type: string, body = ''): boolean =>
  /^text\/html/i.test(type) || /^\s*<(!doctype\s+html|html)\b/i.test(body)

/** Returns the title of a web page, in quotation marks; '' if it has none. */
export const pageTitle = (page: string): string => {
  const title = /<title[^>]*>([^<]*)/i.exec(page)?.[1]
  const text = title?.replaceAll(/\s+/g, ' ').trim().slice(0, 80)
  return text ? `“${text}”` : ''
}
