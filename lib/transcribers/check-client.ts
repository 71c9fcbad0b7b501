import type OpenAI from 'openai'
import { OptionError } from '../core/errors.ts'

/**
 * Whether it is a client, told by what it can do: that of another copy of the
 * package will do, and the package need not be loaded for the question.
 *
 * @throws OptionError
 */
export const checkClient = (client: unknown): void => {
  const { audio, baseURL } = (client ?? {}) as Partial<OpenAI>
  if (
    typeof audio?.transcriptions?.create !== 'function' ||
    typeof baseURL !== 'string'
  )
    throw new OptionError('client', 'must be an OpenAI or AzureOpenAI client')
}
