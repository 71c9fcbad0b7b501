import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { InputError, type TranscriptEvent } from 'voxpipe'
import type { LiveEngine } from '../competitors.ts'
import { loadModule } from '../user-modules.ts'
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
  const exported = await loadModule(path)
  if (typeof exported !== 'function')
    throw new InputError(
      `'${basename(path)}' has no function as its default export; it needs export default ${SHAPE}`,
    )
  return exported as OwnPipeline
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
