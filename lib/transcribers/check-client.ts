import { OptionError } from '../core/errors.ts'
import { canOpenRealtime } from '../io/realtime-endpoint.ts'

/**
 * A client of the package `openai`: `OpenAI` or `AzureOpenAI` of version 4 to
 * 7, from whichever copy of the package, or a wrapper around one.
 */
export type OpenAIClient = {
  readonly apiKey?: string | null
  readonly baseURL: string
  readonly audio: {
    readonly transcriptions: {
      // A narrower type would keep clients of other versions out.
      create(body: any, options?: any): any
    }
  }
}

/**
 * Checks that a client can do what a stage needs. The package need not be
 * loaded for that, and need not be this copy of it.
 *
 * @throws {OptionError}
 */
export const checkClient = (
  client: unknown,
  { realtime = false }: { readonly realtime?: boolean } = {},
): void => {
  const { audio, baseURL } = (client ?? {}) as Partial<OpenAIClient>
  if (
    typeof audio?.transcriptions?.create !== 'function' ||
    typeof baseURL !== 'string'
  )
    throw new OptionError('client', 'must be an OpenAI or AzureOpenAI client')
  if (realtime && !canOpenRealtime(client as OpenAIClient))
    throw new OptionError(
      'client',
      "must be a client of the package 'openai', version 4 to 7: this one cannot " +
        'build requests, which a Realtime connection needs; use openaiClient()',
    )
}
