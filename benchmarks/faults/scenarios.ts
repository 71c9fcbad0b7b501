import type {
  FaultAction,
  FaultProxy,
  SpeechServer,
  SpeechServerOptions,
} from 'voxpipe/testing'

/** What must come of a fault: all words, or the word that some are missing. */
type Must = 'recover' | 'tell'

/** What a fault happens to. */
export type Service = {
  readonly server: SpeechServer
  /** What lies before the server. */
  readonly line: FaultProxy
}

/** A fault that can be made to happen once. */
export type Trouble = {
  readonly server?: SpeechServerOptions
  readonly begin?: (service: Service) => void
  /** Sets right what lasts. */
  readonly end?: (service: Service) => void
}

/** A fault, and what must come of it. */
export type Scenario = {
  /** Number of the table of faults; `none` is no fault. */
  readonly id: string
  readonly fault: string
  readonly must: Must
  /** How long it lasts, or answers are late, in ms. @default 0 */
  readonly lastsMs?: number
  /** Silence after the last word, in ms. @default 2000 and what it lasts */
  readonly tailMs?: number
  /** Whether there is a moment from which recovery can be timed. */
  readonly timed: boolean
  /** Time between pings, for who can set it; others are spared. */
  readonly pingMs?: number
  readonly make: () => Trouble
}

const inject =
  (action: FaultAction, server: SpeechServerOptions = {}) =>
  (): Trouble => ({ server, begin: it => it.server.inject(action) })

const of =
  (id: string, must: Must = 'recover') =>
  (
    fault: string,
    make: () => Trouble,
    more: Partial<Scenario> = {},
  ): Scenario => ({
    id,
    fault,
    must,
    timed: must === 'recover',
    make,
    ...more,
  })

const none = of('none')
const cut = of('F1')
const expiry = of('F2')
const closed = of('F3')
const final = of('F3', 'tell')
const halfOpen = of('F4')
const slow = of('F5')
const wrong = of('F9')

/** The service is gone, and cannot be reached for a while. */
const outage = (): Trouble => {
  let down = false
  return {
    server: { handshakeStatus: () => (down ? 503 : undefined) },
    begin({ server }) {
      down = true
      server.inject('reset')
    },
    end() {
      down = false
    },
  }
}

/** 1 KB/s: too little also for who compresses numbered audio, which is easy. */
const narrow = (): Trouble => ({
  begin: ({ line }) =>
    line.add({
      type: 'bandwidth',
      rate: 1,
      stream: 'upstream',
      name: 'narrow',
    }),
  end: ({ line }) => void line.remove('narrow'),
})

const unread = (): Trouble => ({
  begin: ({ server }) => server.inject('stop-reading'),
  end: ({ server }) => server.resume(),
})

const codes = (
  make: typeof closed,
  ...list: readonly number[]
): readonly Scenario[] =>
  list.map(close => make(`close ${close}`, inject({ close })))

/** The faults of every run. */
export const scenarios: readonly Scenario[] = [
  none('no fault', () => ({})),
  none('no fault, no pause at the end', () => ({}), {
    tailMs: 0,
    timed: false,
  }),
  cut('connection reset', inject('reset')),
  cut('end without a close frame (1006)', inject('end')),
  ...codes(cut, 1001, 1011),
  cut('reset, away for 5 s', outage, { lastsMs: 5_000 }),
  expiry('session expired', inject('expire')),
  expiry(
    'session expired, answers 3 s late',
    inject('expire', { answerMs: 3_000 }),
    { lastsMs: 3_000 },
  ),
  expiry('sessions of 6 s', () => ({ server: { maxSessionMs: 6_000 } }), {
    timed: false,
  }),
  ...codes(closed, 1000, 1005, 1012, 1013),
  ...codes(final, 1008),
  halfOpen('no answer any more', inject('stall')),
  halfOpen('no answer any more, ping every 2 s', inject('stall'), {
    pingMs: 2_000,
  }),
  slow('nothing read for 3 s', unread, { lastsMs: 3_000 }),
  slow('1 KB/s for 5 s', narrow, { lastsMs: 5_000 }),
  slow('all answers 1 s late', inject({ slow: 1_000 }), { lastsMs: 1_000 }),
  wrong('malformed event', inject({ send: '{"type":' })),
]

/** More close codes, for a thorough run. */
export const moreScenarios: readonly Scenario[] = codes(
  final,
  1002,
  1003,
  1007,
  1009,
  3000,
  4000,
)
