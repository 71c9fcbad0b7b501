import { checkNumber, checkOneOf } from '../../core/options.ts'

/** Which way a toxic works: to the client, or to the server. */
export type Direction = 'downstream' | 'upstream'

type Common = {
  /** @default 'downstream' */
  readonly stream?: Direction
  /**
   * Name for {@link FaultProxy.remove}.
   * @default the type and the stream, as `latency_downstream`
   */
  readonly name?: string
}

/**
 * Something bad on the line, by toxiproxy's names and units.
 *
 * - `latency`: everything comes `latency` ms later, ± `jitter` ms.
 * - `bandwidth`: at most `rate` KB a second.
 * - `timeout`: nothing comes, and after `timeout` ms the connection is
 *   closed; with 0 it stays, until the toxic is removed.
 * - `reset_peer`: the connection is reset after `timeout` ms.
 * - `limit_data`: it is closed when so many `bytes` went through.
 * - `slicer`: data comes in pieces of `average_size` bytes, ±
 *   `size_variation`, with `delay` µs between them.
 */
export type Toxic = Common &
  (
    | {
        readonly type: 'latency'
        readonly latency: number
        readonly jitter?: number
      }
    | { readonly type: 'bandwidth'; readonly rate: number }
    | { readonly type: 'timeout'; readonly timeout: number }
    | { readonly type: 'reset_peer'; readonly timeout: number }
    | { readonly type: 'limit_data'; readonly bytes: number }
    | {
        readonly type: 'slicer'
        readonly average_size: number
        readonly size_variation?: number
        readonly delay?: number
      }
  )

/** A {@link Toxic} of one type. */
export type ToxicOf<Type extends Toxic['type']> = Extract<Toxic, { type: Type }>

/** The attributes of each type, with their least values. */
const attributes: Record<
  Toxic['type'],
  { required: Record<string, number>; optional?: Record<string, number> }
> = {
  latency: { required: { latency: 0 }, optional: { jitter: 0 } },
  bandwidth: { required: { rate: 0.001 } },
  timeout: { required: { timeout: 0 } },
  reset_peer: { required: { timeout: 0 } },
  limit_data: { required: { bytes: 0 } },
  slicer: {
    required: { average_size: 1 },
    optional: { size_variation: 0, delay: 0 },
  },
}

/** @throws OptionError */
export const checkToxic = (toxic: Toxic): void => {
  checkOneOf('toxic.type', toxic.type, Object.keys(attributes))
  if (toxic.stream !== undefined)
    checkOneOf('toxic.stream', toxic.stream, ['downstream', 'upstream'])
  const { required, optional = {} } = attributes[toxic.type]
  const given = toxic as Readonly<Record<string, unknown>>
  for (const [name, least] of Object.entries(required))
    checkNumber(`toxic.${name}`, given[name], least)
  for (const [name, least] of Object.entries(optional))
    if (given[name] !== undefined)
      checkNumber(`toxic.${name}`, given[name], least)
}
