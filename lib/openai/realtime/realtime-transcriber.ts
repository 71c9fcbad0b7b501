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
   * of the package `openai`. Its `fetch`, its agents and its `maxRetries` are
   * for requests and have no effect here.
   */
  readonly client: OpenAIClient
  /**
   * Who finds turns: voice activity detection on this machine, OpenAI's
   * server, or a detector of one's own.
   * @default { type: 'local_vad' }
   */
  readonly turnDetection?: LocalVad | ServerVad | SemanticVad | TurnDetection
  /**
   * Whether the source cannot wait. Audio without an answer goes to a
   * temporary file then, past a minute of it; otherwise the source waits, and
   * only long pauses and long turns go there, past two.
   * @default false
   */
  readonly live?: boolean
  /**
   * How fast audio is sent at most, in ms of audio a ms: what was late or is
   * sent again comes in a burst otherwise.
   * @default 2 with `live`, else Infinity
   */
  readonly maxRate?: number
  /** How long to wait for what. */
  readonly timing?: Partial<RealtimeTiming>
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
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

/** Who finds turns: a detector here, or the server. */
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
 * Transcribes through OpenAI's Realtime API: 24 kHz mono {@link AudioChunk}s
 * in, {@link TranscriptEvent}s out, while they come.
 *
 * By default, voice activity detection on this machine finds the turns, and
 * only speech is sent. The stage keeps the audio of a turn until its final is
 * there, and sends it again to a new session if the connection breaks. A turn
 * whose transcript cannot be had becomes a `gap` with its place in the source
 * and the reason. Sessions are replaced before they expire, during a pause.
 * Deltas are never taken back.
 *
 * `gpt-live-transcribe` and `gpt-realtime-whisper` have deltas while somebody
 * speaks, the other models once a turn is over. Finals have no word times.
 * Warnings are among the events.
 *
 * Emits `server-event` with every event of the server, as it came but for keys
 * in errors.
 *
 * Errors: `VOX_OPTION` for what the model cannot do; `VOX_FORMAT` for what is
 * no 24 kHz mono chunk; `VOX_SERVICE_REFUSED`, `VOX_SERVICE_FAILED`, after
 * the last event; `VOX_OUTPUT` where a temporary file is needed and cannot be
 * written; `VOX_MODEL_…` and `VOX_ENGINE_…` of the voice activity detector.
 */
export class RealtimeTranscriber extends ServiceStage<
  AudioChunk,
  RealtimeClient
> {
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

  protected override async open(): Promise<RealtimeClient> {
    const { RealtimeClient } = await loadPart(
      'the Realtime client',
      import('./realtime-client.ts'),
    )
    const realtime = new RealtimeClient(this.#options)
    if (!this.destroyed) realtime.start()
    return realtime
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
    this.worker.push(channels[0]!, offset).then(() => done(), done)
  }

  override _flush(done: TransformCallback): void {
    this.worker.end().then(() => done(), done)
  }
}
