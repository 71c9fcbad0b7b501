import { framesOf, type AudioChunk, chunkProblem } from '../core/audio-chunk.ts'
import { LanguageError, OptionError } from '../core/errors.ts'
import { checkOneOf, checkSignal, given } from '../core/options.ts'
import { Stage, type TransformCallback } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'
import {
  checkRecognizer,
  checkVoiceActivity,
  RECOGNIZER_RATE,
  type Recognizer,
  isLanguage,
  languageName,
} from '../recognizers/recognizer.ts'
import {
  checkTurnOptions,
  type TurnOptions,
} from '../recognizers/turn-segmenter.ts'
import { SileroActivity } from '../recognizers/engine/silero-activity.ts'
import {
  MoonshineRecognizer,
  defaultModel,
} from '../recognizers/moonshine/moonshine-recognizer.ts'
import { latencies, type Latency } from '../recognizers/live-text.ts'
import { LocalSession } from '../recognizers/local-session.ts'
import { ManualSession } from '../recognizers/manual-session.ts'
import type { SpeechSession } from '../recognizers/speech-session.ts'
import type { VoiceActivity } from '../recognizers/voice-activity.ts'

const turnDetections = ['vad', 'manual'] as const

/** Options of {@link LocalTranscriber}. */
export type LocalTranscriberOptions = TurnOptions & {
  /**
   * `tiny` or `base`, in an engine of its own. Excludes `recognizer`.
   * @default 'tiny', and 'base' with `live`
   */
  readonly model?: string
  /** Folder of models to search first. Excludes `recognizer`. */
  readonly modelDir?: string
  /**
   * Recogniser to use: an engine that several transcribers share, or a custom
   * one. You close it.
   * @default a `MoonshineRecognizer` of its own, closed with the stage
   */
  readonly recognizer?: Recognizer
  /**
   * Voice activity detector to use. You close it.
   * @default that of the recogniser, or Silero VAD
   */
  readonly voiceActivity?: VoiceActivity
  /**
   * Language spoken. The embedded engine supports English: `en`, or `en-…`.
   * @default whatever the recogniser detects
   */
  readonly language?: string
  /** Words likely to occur, if the recogniser supports them. */
  readonly keywords?: readonly string[]
  /**
   * Emits deltas during speech, for audio that arrives in real time.
   * @default false
   */
  readonly live?: boolean
  /**
   * Trade-off between early deltas and deltas that the final confirms; only
   * with `live`.
   * @default 'balanced'
   */
  readonly latency?: Latency
  /**
   * `vad`: a turn ends after a silence. `manual`: a turn of any length lasts
   * until {@link LocalTranscriber.commit}; options of turns do not apply.
   * @default 'vad'
   */
  readonly turnDetection?: 'vad' | 'manual'
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/** A command in the input, to be run in order. */
type Command = { readonly run: (session: SpeechSession) => Promise<void> }

const commit: Command = { run: session => session.commit() }
const clear: Command = { run: session => session.clear() }

/**
 * Checks that a recogniser supports a language and keywords.
 *
 * @returns the language, as the recogniser names it
 * @throws {LanguageError} if it does not support the language
 * @throws {OptionError} if it does not support keywords
 */
const checkRequest = (
  { model, languages, supportsKeywords }: Recognizer,
  language: string | undefined,
  keywords: readonly string[] | undefined,
): string | undefined => {
  if (keywords !== undefined) {
    if (
      !Array.isArray(keywords) ||
      keywords.some(one => typeof one !== 'string')
    )
      throw new OptionError('keywords', 'must be a list of texts')
    if (!supportsKeywords)
      throw new OptionError(
        'keywords',
        `are of no use to ${model}, which has no supportsKeywords; leave them out, or use engine: 'openai'`,
      )
  }
  if (language === undefined || !languages) return language
  const named = languages.find(known => isLanguage(language, known))
  if (named !== undefined) return named
  const known = new Intl.ListFormat('en').format(languages.map(languageName))
  throw new LanguageError(
    `${model} knows ${known}, not '${language}'; ` +
      'another language needs another engine',
  )
}

const resolve = ({
  model,
  modelDir,
  recognizer,
  voiceActivity,
  language,
  keywords,
  live = false,
  latency,
  turnDetection = 'vad',
  signal,
  ...turns
}: LocalTranscriberOptions) => {
  checkOneOf('turnDetection', turnDetection, turnDetections)
  const manual = turnDetection === 'manual'
  if (latency !== undefined && !live)
    throw new OptionError('latency', 'is for live: true')
  checkOneOf('latency', latency ?? 'balanced', latencies)
  if (recognizer && (model !== undefined || modelDir !== undefined))
    throw new OptionError('recognizer', 'already has a model: leave model out')
  checkTurnOptions(turns)
  for (const [name, value] of Object.entries(turns))
    if (manual && value !== undefined)
      throw new OptionError(name, "is for turnDetection: 'vad'; leave it out")
  checkSignal(signal)
  const { silenceDurationMs = 500 } = turns
  checkRecognizer(recognizer)
  checkVoiceActivity(voiceActivity)
  const used =
    recognizer ??
    new MoonshineRecognizer({
      model: model ?? defaultModel(live),
      modelDir,
      signal,
    })
  const spoken = checkRequest(used, language, keywords)
  const activity = voiceActivity ?? used.voiceActivity
  return {
    recognizer: used,
    voiceActivity: activity ?? new SileroActivity(),
    owned: { recognizer: !recognizer, voiceActivity: !activity },
    signal,
    Session: manual ? ManualSession : LocalSession,
    ...given({
      language: spoken,
      keywords,
      latency: live ? (latency ?? 'balanced') : undefined,
    }),
    turns: live
      ? { shortTurnSilenceMs: silenceDurationMs, ...given(turns) }
      : turns,
  }
}

/**
 * Transcribes speech on this machine's CPU: 16 kHz mono {@link AudioChunk}s in,
 * {@link TranscriptEvent}s out. It needs no key and, once it has its models, no
 * network. Voice activity detection cuts the audio into turns of at most 15 s,
 * longer speech at its quietest place. The recogniser works on several turns in
 * parallel; finals come out in order.
 *
 * With `live`, a turn ends after 500 ms of silence (sooner from 8 s on), and
 * deltas show its text during speech. A delta consists of whole words, with the
 * space before them. Punctuation of its last word comes with the next word.
 * Deltas are never revised. The last delta of a turn comes with its final and
 * contains the rest of the text. The final is made from the whole turn and may
 * correct the deltas. If the machine is too slow, deltas come later and the
 * stage emits a `VOX_LIVE_BEHIND` warning event.
 *
 * Each final has `words` with times from the recogniser's `attention`. A jump
 * of `offset` forward is a `gap`. The finals do not depend on how the input is
 * cut into chunks.
 *
 * Errors: `VOX_OPTION`, `VOX_LANGUAGE`; `VOX_FORMAT` if a chunk is not 16 kHz
 * mono; `VOX_ENGINE_MISSING`, `VOX_ENGINE_FAILED`, `VOX_BUNDLED`,
 * `VOX_MODEL_UNKNOWN`, `VOX_MODEL_MISSING`, `VOX_MODEL_CORRUPT`; errors of a
 * custom `recognizer`.
 */
export class LocalTranscriber extends Stage<AudioChunk, TranscriptEvent> {
  readonly #recognizer: Recognizer
  readonly #voiceActivity: VoiceActivity
  readonly #owned: { recognizer: boolean; voiceActivity: boolean }
  readonly #abort = new AbortController()
  readonly #session: SpeechSession
  #started: Promise<void> = Promise.resolve()
  #processScheduled = false
  #next = 0

  constructor(options: LocalTranscriberOptions = {}) {
    const { recognizer, voiceActivity, owned, signal, Session, ...session } =
      resolve(options)
    super({
      objectMode: true,
      // 16 s of 50 ms chunks: one voice activity job.
      writableHighWaterMark: 320,
      readableHighWaterMark: 16,
      ...(signal && { signal }),
    })
    this.#recognizer = recognizer
    this.#voiceActivity = voiceActivity
    this.#owned = owned
    this.#session = new Session({
      ...session,
      recognizer,
      voiceActivity,
      onEvent: event => this.push(event),
      onError: error => this.fail(error),
      signal: this.#abort.signal,
    })
  }

  /**
   * Progress of the transcript in ms: all further finals and gaps begin at or
   * after this time. The stage emits `'settled'` when it advances without an
   * event.
   */
  get settled(): number {
    return this.#session.settled
  }

  /**
   * Ends the open turn after the audio written so far. With `turnDetection:
   * 'manual'`, each commit has one final, with an empty text if nobody spoke.
   */
  commit(): void {
    this.write(commit)
  }

  /** Discards the open turn: it gets no final. */
  clear(): void {
    this.write(clear)
  }

  override _construct(done: (error?: Error | null) => void): void {
    // Not awaited: a stage can be destroyed while its models are downloaded.
    this.#started = Promise.resolve(this.#recognizer.ready?.()).then(() => {
      const { model } = this.#recognizer
      this.push({ type: 'start', schema: 1, engine: 'local', model })
      this.#session.prepare()
    })
    this.#started.catch((error: Error) => this.fail(error))
    done()
  }

  override _transform(
    chunk: unknown,
    _: string,
    done: TransformCallback,
  ): void {
    if (chunk === commit || chunk === clear)
      return this.#whenStarted(
        () => (chunk as Command).run(this.#session),
        done,
      )
    const problem = chunkProblem(
      chunk,
      'LocalTranscriber',
      RECOGNIZER_RATE,
      this.#next,
    )
    if (problem) return done(problem)
    const { channels, offset } = chunk as AudioChunk
    this.#next = offset + framesOf(chunk as AudioChunk)
    this.#whenStarted(() => this.#session.push(channels[0]!, offset), done)
  }

  override _flush(done: TransformCallback): void {
    this.#started.then(() => this.#session.end()).then(() => done(), done)
  }

  #whenStarted(step: () => Promise<void>, done: TransformCallback): void {
    this.#started.then(step).then(() => {
      this.#processWhenIdle()
      done()
    }, done)
  }

  /** Processes the audio written so far, if no more is waiting. */
  #processWhenIdle(): void {
    // Not cleared on destroy: if a listener threw and the exception was
    // handled, clearing an immediate makes Node loop forever.
    if (this.#processScheduled) return
    this.#processScheduled = true
    setImmediate(() => {
      this.#processScheduled = false
      if (this.writableLength > 0 || this.destroyed) return
      this.#session.process().then(
        () => this.emit('settled'),
        (error: Error) => this.fail(error),
      )
    })
  }

  override _destroy(
    error: Error | null,
    done: (error?: Error | null) => void,
  ): void {
    this.#abort.abort(error ?? undefined)
    const { recognizer, voiceActivity } = this.#owned
    Promise.all([
      recognizer && this.#recognizer.close?.(),
      voiceActivity && this.#voiceActivity.close?.(),
    ]).then(
      () => done(error),
      (problem: Error) => done(error ?? problem),
    )
  }
}
