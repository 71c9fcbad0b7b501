import { existsSync } from 'node:fs'
import { basename, extname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import type { TranscriptEvent } from '../../core/transcript-event.ts'
import type { LiveEngine } from '../competitors.ts'
import type { LatencyEngine } from './measure-latency.ts'

const SHAPE = '(source, { signal }) => AsyncIterable of events'

const ms = z.number()
const eventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('delta'), turn: z.string(), text: z.string() }),
  z.object({
    type: z.literal('final'),
    turn: z.string(),
    text: z.string(),
    start: ms,
    end: ms,
    words: z
      .array(z.object({ text: z.string(), start: ms, end: ms }))
      .optional(),
  }),
  z.object({
    type: z.enum([
      'start',
      'speech-start',
      'speech-end',
      'gap',
      'warning',
      'end',
    ]),
  }),
])

/** What a user wrote: may be anything, also a promise of what it should be. */
type OwnPipeline = (...args: Parameters<LatencyEngine>) => unknown

const loaded = async (path: string): Promise<OwnPipeline> => {
  const name = basename(path)
  if (!existsSync(path))
    throw new InputError(`there is no file '${path}'; check the name`)
  let module: { readonly default?: unknown }
  try {
    module = (await import(pathToFileURL(path).href)) as typeof module
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && extname(name) !== '.js')
      throw new InputError(
        `Node ${process.version} does not run '${name}': TypeScript needs Node 22.18 or newer; give JavaScript (.js, .mjs)`,
        { cause: error },
      )
    throw new InputError(`'${name}' cannot be loaded: ${message}`, {
      cause: error,
    })
  }
  if (typeof module.default !== 'function')
    throw new InputError(
      `'${name}' has no function as its default export; it needs export default ${SHAPE}`,
    )
  return module.default as OwnPipeline
}

const isIterable = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value

async function* checked(
  events: unknown,
  source: Readable,
  name: string,
): AsyncGenerator<TranscriptEvent> {
  if (!isIterable(events))
    throw new InputError(
      `what '${name}' answers cannot be iterated; it needs export default ${SHAPE}`,
    )
  let count = 0
  for await (const event of events) {
    count++
    const { error } = eventSchema.safeParse(event)
    if (error) {
      const { path, message } = error.issues[0]!
      const place = path.length > 0 ? `its '${path.join('.')}'` : 'it'
      throw new InputError(
        `event ${count} of '${name}' is no TranscriptEvent, ${place}: ${message}`,
      )
    }
    const { type } = event as TranscriptEvent
    if ((type === 'delta' || type === 'final') && !source.readableDidRead)
      throw new InputError(
        `'${name}' gives text before it has read any audio; it must read the source that it is given`,
      )
    yield event as TranscriptEvent
  }
}

/**
 * A pipeline of the user's own, as a live engine: a module with
 * `(source, { signal }) => AsyncIterable<TranscriptEvent>` as its default
 * export, which is called for each clip.
 *
 * @param path absolute
 * @throws InputError where it cannot be loaded, or has no such export; its
 *   iteration where what comes is no event
 */
export const startOwnPipeline = async (path: string): Promise<LiveEngine> => {
  const name = basename(path)
  const run = await loaded(path)
  return {
    model: '',
    width: 1,
    run: async function* (source, options) {
      yield* checked(await run(source, options), source, name)
    },
    close: async () => {},
  }
}
