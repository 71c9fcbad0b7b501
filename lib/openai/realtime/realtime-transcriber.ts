import {
  framesOf,
  type AudioChunk,
  chunkProblem,
} from '../../core/audio-chunk.ts'
import { loadPart } from '../../core/load-part.ts'
import { checkNumber, checkOneOf, checkSignal } from '../../core/options.ts'
import type { TransformCallback } from '../../core/stage.ts'
import type { TurnDetection } from '../../core/turn-detector.ts'
import { localVad, type LocalVad } from '../../recognizers/local-vad.ts'
import { RealtimeRequestBuilder } from '../../io/realtime-request.ts'
import { checkClient, type OpenAIClient } from '../openai-client.ts'
import type {
  RealtimeClient,
  RealtimeClientOptions,
} from './realtime-client.ts'
import {
  planSession,
  REALTIME_SAMPLE_RATE,
  type SemanticVad,
  type ServerVad,
  type RealtimeSessionOptions,
  resolveTiming,
  type RealtimeTiming,
} from './session-settings.ts'
import { ServiceStage } from '../service-stage.ts'

/** Options of {@link RealtimeTranscriber}. */
export type RealtimeTranscriberOptions = RealtimeSessionOptions & {
  /**
   * The client whose key, base URL, query and headers are used: what
   * `openaiClient()` returns, or an `OpenAI` or `AzureOpenAI` of version 4 to 7
   * of the package `openai`. Its `fetch`, agents and `maxRetries` have no
   * effect here.
   */
  readonly client: OpenAIClient
  /**
   * Who detects turns: local voice activity detection, OpenAI's server, or a
   * custom detector.
   * @default { type: 'local_vad' }
   */
  readonly turnDetection?: LocalVad | ServerVad | SemanticVad | TurnDetection
  /**
   * Whether the source cannot be paused. If it cannot, unanswered audio beyond
   * a minute goes to a temporary file. Otherwise the source is paused, and only
   * audio beyond two minutes, from long pauses and long turns, goes there.
   * @default false
   */
  readonly live?: boolean
  /**
   * Highest rate at which to send audio, in ms of audio per ms. It limits the
   * burst after a delay or when audio is sent again.
   * @default 2 with `live`, else Infinity
   */
  readonly maxRate?: number
  /** Timeouts and intervals. */
  readonly timing?: Partial<RealtimeTiming>
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/** Events of {@link RealtimeTranscriber}, beside those of every stream. */
export type RealtimeTranscriberEvents = {
  /** An event of the server, unchanged except for keys in errors. */
  readonly 'server-event': [
    event: {
      /** Type of the event. */
      readonly type: string
      readonly [field: string]: unknown
    },
  ]
}

const resolve = ({
  client,
  turnDetection = { type: 'local_vad' },
  live = false,
  maxRate = live ? 2 : Infinity,
  timing,
  signal,
  ...wishes
}: RealtimeTranscriberOptions) => {
  checkClient(client, { realtime: true })
  if (maxRate !== Infinity) checkNumber('maxRate', maxRate, 1)
  checkSignal(signal)
  const [detection, serverTurns] = turnsOf(turnDetection)
  const plan = planSession(wishes, serverTurns)
  return {
    endpoint: new RealtimeRequestBuilder(client, plan.model),
    live,
    maxRate,
    signal,
    timing: resolveTiming(timing),
    plan,
    detection,
  }
}

/** Returns a local detector, or the settings of the server's. */
const turnsOf = (
  given: NonNullable<RealtimeTranscriberOptions['turnDetection']>,
): [TurnDetection] | [undefined, ServerVad | SemanticVad] => {
  if (typeof given === 'function') return [given]
  const { type } = given
  checkOneOf('turnDetection.type', type, [
    'local_vad',
    'server_vad',
    'semantic_vad',
  ])
  return given.type === 'local_vad' ? [localVad(given)] : [undefined, given]
}

/**
 * Transcribes through OpenAI's Realtime API as audio arrives: 24 kHz mono
 * {@link AudioChunk}s in, {@link TranscriptEvent}s out.
 *
 * By default, local voice activity detection finds the turns, and only speech
 * is sent. The stage keeps a turn's audio until its final arrives, and sends it
 * again to a new session if the connection breaks. A turn that cannot be
 * transcribed becomes a `gap` with its place in the source and the reason.
 * Sessions are replaced during a pause before they expire. Deltas are never
 * retracted.
 *
 * `gpt-live-transcribe` and `gpt-realtime-whisper` send deltas during speech,
 * other models after a turn. Finals have no word times. Warnings are among the
 * events.
 *
 * Emits `server-event` with every event of the server, unchanged except that
 * keys are removed from errors.
 *
 * Errors: `VOX_OPTION` for what the model cannot do; `VOX_FORMAT` for anything
 * but 24 kHz mono chunks; `VOX_SERVICE_REFUSED` and `VOX_SERVICE_FAILED`, after
 * the last event; `VOX_OUTPUT` if a temporary file cannot be written;
 * `VOX_MODEL_…` and `VOX_ENGINE_…` of the voice activity detector.
 */
export class RealtimeTranscriber extends ServiceStage<
  AudioChunk,
  RealtimeTranscriberEvents
> {
  /** Set before the first write. */
  #client: RealtimeClient | undefined
  readonly #options: RealtimeClientOptions
  #next = 0

  constructor(options: RealtimeTranscriberOptions) {
    const { signal, ...conduct } = resolve(options)
    super({
      objectMode: true,
      writableHighWaterMark: 16,
      readableHighWaterMark: 16,
      ...(signal && { signal }),
    })
    this.#options = {
      ...conduct,
      onEvent: event => this.push(event),
      onServerEvent: event => this.emit('server-event', event),
      onError: error => this.fail(error),
    }
  }

  /** @internal */
  protected override async open(): Promise<RealtimeClient> {
    const { RealtimeClient } = await loadPart(
      'the Realtime client',
      import('./realtime-client.ts'),
    )
    this.#client = new RealtimeClient(this.#options)
    if (!this.destroyed) this.#client.start()
    return this.#client
  }

  override _transform(
    chunk: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    const problem = chunkProblem(
      chunk,
      'RealtimeTranscriber',
      REALTIME_SAMPLE_RATE,
      this.#next,
    )
    if (problem) return done(problem)
    const { channels, offset } = chunk as AudioChunk
    this.#next = offset + framesOf(chunk as AudioChunk)
    this.#client!.push(channels[0]!, offset).then(() => done(), done)
  }

  override _flush(done: TransformCallback): void {
    this.#client!.end().then(() => done(), done)
  }
}
