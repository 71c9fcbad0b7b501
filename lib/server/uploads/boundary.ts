import { badRequest } from '../refused.ts'

/** Longest boundary of RFC 2046, in characters. */
const MAX_BOUNDARY = 70

const FORM = /^multipart\/form-data\s*;/i
const BOUNDARY = /;\s*boundary=(?:"([^"\\]*)"|([^\s";,]*))\s*(?:;|$)/i
const CHARACTERS = /^[\w'()+,./:=? -]*[\w'()+,./:=?-]$/

/** A request that is no form, or a broken one. */
export const badForm = () => badRequest('Could not parse multipart form')

/**
 * The content type of a form with nothing but its boundary.
 *
 * @throws Refused where it is no form, or its boundary is none
 */
export const formType = (contentType = ''): string => {
  const [, quoted, plain = ''] = BOUNDARY.exec(contentType) ?? []
  const boundary = quoted ?? plain
  if (!FORM.test(contentType) || !CHARACTERS.test(boundary)) throw badForm()
  if (boundary.length > MAX_BOUNDARY) throw badForm()
  return `multipart/form-data; boundary="${boundary}"`
}
