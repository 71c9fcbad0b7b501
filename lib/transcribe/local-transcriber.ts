import { framesOf, type AudioChunk, chunkProblem } from '../core/audio-chunk.ts'
import { LanguageError, OptionError } from '../core/errors.ts'
import { checkOneOf, checkSignal } from '../core/options.ts'
import { Stage, type TransformCallback } from '../core/stage.ts'
import type { TranscriptEvent } from '../core/transcript-event.ts'
import {
  checkRecognizer,
  checkVoiceActivity,
  RECOGNIZER_RATE,
  type Recognizer,
} from '../recognizers/recognizer.ts'
import {
  checkTurnOptions,
  type TurnOptions,
} from '../recognizers/turn-segmenter.ts'
import { isLanguage, languageName } from '../recognizers/language.ts'
import { SileroActivity } from '../recognizers/engine/silero-activity.ts'
import {
  MoonshineRecognizer,
  type MoonshineRecognizerOptions,
  defaultModel,
} from '../recognizers/moonshine/moonshine-recognizer.ts'
import { latencies, type Latency } from '../recognizers/latency.ts'
import { LocalSession } from '../recognizers/local-session.ts'
import { ManualSession } from '../recognizers/manual-session.ts'
import type { SpeechSession } from '../recognizers/speech-session.ts'
import type { VoiceActivity } from '../recognizers/voice-activity.ts'

/** How the end of a turn is found. */
const turnDetections = ['vad', 'manual'] as const

/** Options of {@link LocalTranscriber}. */
export type LocalTranscriberOptions = TurnOptions & {
  /**
   * `tiny` or `base`, of an engine of its own; not together with
   * `recognizer`.
   * @default 'tiny', and 'base' with `live`
   */
  readonly model?: string
  /** Folder of models to look in first; not together with `recognizer`. */
  readonly modelDir?: string
  /**
   * What turns speech into words: an engine that several transcribers share,
   * or one of your own. Whoever made it closes it.
   * @default a `MoonshineRecognizer` of its own, closed with the stage
   */
  readonly recognizer?: Recognizer
  /**
   * What finds speech. Whoever made it closes it.
   * @default that of the recogniser, or Silero VAD
   */
  readonly voiceActivity?: VoiceActivity
  /**
   * Language spoken. The embedded engine knows English: `en`, or `en-…`.
   * @default whatever the recogniser hears
   */
  readonly language?: string
  /** Words that may come, for a recogniser that takes them. */
  readonly keywords?: readonly string[]
  /**
   * Emits deltas while somebody speaks; for audio that comes in real time.
   * @default false
   */
  readonly live?: boolean
  /**
   * How early deltas come, against how often their final corrects them; with
   * `live` only.
   * @default 'balanced'
   */
  readonly latency?: Latency
  /**
   * `vad`: a turn ends after a silence. `manual`: it lasts until
   * {@link LocalTranscriber.commit}, and may be of any length; the options
   * that say what a silence is are not for this.
   * @default 'vad'
   */
  readonly turnDetection?: (typeof turnDetections)[number]
  /** Destroys the stream when aborted. */
  readonly signal?: AbortSignal
}

/** A command that is written to the stage, to be run in order. */
type Command = { readonly run: (session: SpeechSession) => Promise<void> }

const commit: Command = { run: session => session.commit() }
const clear: Command = { run: session => session.clear() }

/** Sample rate of its input, in Hz. */
export const LOCAL_SAMPLE_RATE: number = RECOGNIZER_RATE

/**
 * Checks that a recogniser supports a language and keywords.
 *
 * @returns the language, as the recogniser names it
 * @throws LanguageError for a language that it does not know
 * @throws OptionError for keywords that it does not take
 */
const checkRequest = (
  { model, languages, takesKeywords }: Recognizer,
  language: string | undefined,
  keywords: readonly string[] | undefined,
): string | undefined => {
  if (keywords !== undefined) {
    if (
      !Array.isArray(keywords) ||
      keywords.some(one => typeof one !== 'string')
    )
      throw new OptionError('keywords', 'must be a list of texts')
    if (!takesKeywords)
      throw new OptionError(
        'keywords',
        `are of no use to ${model}, which has no takesKeywords; leave them out, or use engine: 'openai'`,
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
  const { silenceDurationMs = 500, shortTurnSilenceMs } = turns
  checkRecognizer(recognizer)
  checkVoiceActivity(voiceActivity)
  const own: MoonshineRecognizerOptions = {
    model: model ?? defaultModel(live),
    ...(modelDir !== undefined && { modelDir }),
    ...(signal && { signal }),
  }
  const used = recognizer ?? new MoonshineRecognizer(own)
  const spoken = checkRequest(used, language, keywords)
  const activity = voiceActivity ?? used.voiceActivity
  return {
    recognizer: used,
    voiceActivity: activity ?? new SileroActivity(),
    owned: { recognizer: !recognizer, voiceActivity: !activity },
    signal,
    Session: manual ? ManualSession : LocalSession,
    ...(spoken !== undefined && { language: spoken }),
    ...(keywords && { keywords }),
    ...(live && { latency: latency ?? 'balanced' }),
    turns: live
      ? {
          ...turns,
          shortTurnSilenceMs: shortTurnSilenceMs ?? silenceDurationMs,
        }
      : turns,
  }
}

/**
 * Transcribes speech on this machine's CPU: 16 kHz mono {@link AudioChunk}s
 * in, {@link TranscriptEvent}s out, with no key and, once the models are
 * here, no network. Voice activity cuts the audio into turns (at most 15 s,
 * longer ones at their quietest place). The recogniser works on several turns at
 * the same time, and the finals come out in order.
 *
 * With `live`, a turn ends after 500 ms of silence (sooner from 8 s on), and
 * its text comes in deltas while it is spoken. A delta is whole words, with
 * the space in front of them; punctuation of the last word comes with the
 * next one. What has come is never taken back; the final is made from the
 * whole turn at its end and may correct it. The last delta of a turn comes
 * with its final and has what was not shown before. Where a machine is too
 * slow, deltas come later and a `VOX_LIVE_BEHIND` warning, which is among the
 * events, says so.
 *
 * Each final has `words` with the times at which the recogniser heard them
 * (`attention`). A jump of `offset` forward is a `gap`. The finals are the
 * same however the input is cut into chunks.
 *
 * Errors: `VOX_OPTION`, `VOX_LANGUAGE`; `VOX_FORMAT` for what is no 16 kHz
 * mono chunk; `VOX_ENGINE_MISSING`, `VOX_ENGINE_FAILED`, `VOX_BUNDLED`,
 * `VOX_MODEL_UNKNOWN`, `VOX_MODEL_MISSING`, `VOX_MODEL_CORRUPT`; those of a
 * `recognizer` of your own.
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
      // 16 s of 50 ms chunks, what one step of voice activity takes.
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
   * How far the transcript has come, in ms: no final or gap that begins before
   * is still to be made. Where no event tells that it has come farther, the
   * stage emits `'settled'`.
   */
  get settled(): number {
    return this.#session.settled
  }

  /**
   * Ends the open turn with what has been written; what is written next
   * belongs to another. With `turnDetection: 'manual'` each commit has one
   * final, with no text where nothing was said.
   */
  commit(): void {
    this.write(commit)
  }

  /**
   * Forgets what has been written since the last turn ended: the open turn
   * gets no final.
   */
  clear(): void {
    this.write(clear)
  }

  override _construct(done: (error?: Error | null) => void): void {
    // Not awaited: a stage can be destroyed while its models are fetched.
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
      LOCAL_SAMPLE_RATE,
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
    // Not cleared when destroyed: if a listener threw and the exception was
    // handled, clearing an immediate makes Node loop for ever.
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
