import { given } from '../core/options.ts'
import {
  type ServedModel,
  type ServedModels,
  servedModels as openaiModels,
} from '../openai/wire/openai-models.ts'
import { SileroActivity } from '../recognizers/engine/silero-activity.ts'
import {
  isLanguage,
  languageName,
  type PartialOptions,
  type Recognizer,
} from '../recognizers/recognizer.ts'
import { MoonshineRecognizer } from '../recognizers/moonshine/moonshine-recognizer.ts'
import type { VoiceActivity } from '../recognizers/voice-activity.ts'
import type { ResolvedServerOptions } from './server-options.ts'

/** A model of this server, and the engine behind it. */
export type LocalModel = ServedModel & {
  /** Model of the engine; undefined: the server's default. */
  readonly engine?: 'tiny' | 'base'
  /** Largest request, in bytes; undefined: the server's own limit. */
  readonly maxBytes?: number
}

const OPENAI_MAX_BYTES = 26_214_400

/**
 * A model under its own name: every format, and only the limits of the server.
 */
const ownName: ServedModel = {
  formats: ['json', 'text', 'srt', 'verbose_json', 'vtt'],
  anyFile: true,
  streams: true,
  maxSeconds: Infinity,
  logprobs: true,
  languages: false,
  usage: 'duration',
  realtime: 'live',
  serverTurns: true,
}

/** This model distinguishes speakers, which no recogniser here does. */
export const DIARIZING = 'gpt-4o-transcribe-diarize'

export type LocalModels = ServedModels & Readonly<Record<string, LocalModel>>

/** OpenAI's models, with the formats and limits that they have there. */
const openaiNames: LocalModels = Object.fromEntries(
  Object.entries(openaiModels)
    .filter(([name]) => name !== DIARIZING)
    .map(([name, model]) => [name, { ...model, maxBytes: OPENAI_MAX_BYTES }]),
)

export const moonshineModels: LocalModels = {
  ...openaiNames,
  'moonshine-tiny': { ...ownName, engine: 'tiny' },
  'moonshine-base': { ...ownName, engine: 'base' },
}

/**
 * The models of a server with a recogniser, which may know several languages
 * and report which one is spoken.
 */
const modelsOf = (name: string): LocalModels => ({
  ...openaiNames,
  [name]: { ...ownName, languages: true },
  ...openaiNames, // also if its model is called like one of them
})

/** With more languages than this, an error lists only their codes. */
const MAX_NAMES = 12

/**
 * Maps models to recognisers: the one that the server was given, or an embedded
 * engine per model, created when it is first needed.
 */
export class Engines {
  readonly models: LocalModels
  readonly #options: ResolvedServerOptions
  readonly #recognizers = new Map<string, MoonshineRecognizer>()
  #defaultActivity: SileroActivity | undefined

  constructor(options: ResolvedServerOptions) {
    this.#options = options
    const { recognizer, dialect } = options
    if (dialect === 'openai') this.models = openaiModels
    else this.models = recognizer ? modelsOf(recognizer.model) : moonshineModels
  }

  /** Whether answers have every field of OpenAI's, even if it is unknown. */
  get isStrict(): boolean {
    return this.#options.dialect === 'openai'
  }

  recognizerOf({
    engine = this.#options.model,
  }: Pick<LocalModel, 'engine'>): Recognizer {
    const { recognizer, modelDir, workers } = this.#options
    if (recognizer) return recognizer
    const made =
      this.#recognizers.get(engine) ??
      new MoonshineRecognizer({
        model: engine,
        ...given({ modelDir, workers }),
      })
    this.#recognizers.set(engine, made)
    return made
  }

  voiceActivityOf(model: Pick<LocalModel, 'engine'>): VoiceActivity {
    const { modelDir } = this.#options
    return (
      this.recognizerOf(model).voiceActivity ??
      (this.#defaultActivity ??= new SileroActivity(given({ modelDir })))
    )
  }

  /** Languages that clients can request; undefined: any. */
  get #languages(): readonly string[] | undefined {
    return this.recognizerOf({}).languages
  }

  /**
   * The language to expect: the only one that the recogniser knows, or that the
   * client names.
   */
  expectedLanguage({
    language,
    languages,
  }: {
    readonly language?: string | null | undefined
    readonly languages?: readonly string[] | null
  }): string | undefined {
    const known = this.#languages
    if (known?.length === 1) return known[0]
    const named = language || (languages?.length === 1 ? languages[0] : '')
    return named ? this.languageOf(named) : undefined
  }

  /** A language as the recogniser names it; undefined if unknown. */
  languageOf(name: string): string | undefined {
    const known = this.#languages
    return known ? known.find(code => isLanguage(name, code)) : name
  }

  get languageAdvice(): string {
    const known = this.#languages ?? []
    const names =
      known.length > MAX_NAMES
        ? `${known.length} languages`
        : new Intl.ListFormat('en').format(known.map(languageName))
    const codes = new Intl.ListFormat('en', { type: 'disjunction' })
    return `This server transcribes ${names} only: use ${codes.format(
      known.map(code => `'${code}'`),
    )}, or leave it out.`
  }

  keywordsOf(
    keywords: readonly string[] | null = [],
  ): Pick<PartialOptions, 'keywords'> {
    const takesThem = keywords?.length && this.recognizerOf({}).supportsKeywords
    return takesThem ? { keywords } : {}
  }

  /** Starts the default recogniser; resolves when it is warm. */
  async warmUp(): Promise<void> {
    const recognizer = this.recognizerOf({})
    await recognizer.ready?.()
    await recognizer.warmUp?.()
  }

  async close(): Promise<void> {
    const made = [...this.#recognizers.values()].map(one => one.close())
    await Promise.all([...made, this.#defaultActivity?.close()])
  }
}
