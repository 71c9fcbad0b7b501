import { SileroActivity } from '../recognizers/engine/silero-activity.ts'
import { isLanguage, languageName } from '../recognizers/language.ts'
import { MoonshineRecognizer } from '../recognizers/moonshine/moonshine-recognizer.ts'
import type { Recognizer } from '../recognizers/recognizer.ts'
import type { VoiceActivity } from '../recognizers/voice-activity.ts'
import {
  type LocalModel,
  type LocalModels,
  modelsOf,
  moonshineModels,
} from './served-models.ts'
import type { ResolvedServerOptions } from './server-options.ts'

/**
 * What a server hears with: the recogniser that it was given, or an engine a
 * model, made when it is first needed.
 */
export class Engines {
  /** The models that clients can name. */
  readonly models: LocalModels
  readonly #options: ResolvedServerOptions
  readonly #made = new Map<string, MoonshineRecognizer>()
  #silero: SileroActivity | undefined

  constructor(options: ResolvedServerOptions) {
    this.#options = options
    const { recognizer } = options
    this.models = recognizer ? modelsOf(recognizer.model) : moonshineModels
  }

  /** What answers for a model. */
  recognizerOf({
    engine = this.#options.model,
  }: Pick<LocalModel, 'engine'>): Recognizer {
    const { recognizer, modelDir, workers } = this.#options
    if (recognizer) return recognizer
    const made =
      this.#made.get(engine) ??
      new MoonshineRecognizer({
        model: engine,
        ...(modelDir !== undefined && { modelDir }),
        ...(workers !== undefined && { workers }),
      })
    this.#made.set(engine, made)
    return made
  }

  /** What finds speech for a model. */
  voiceActivityOf(model: Pick<LocalModel, 'engine'>): VoiceActivity {
    const { modelDir } = this.#options
    return (
      this.recognizerOf(model).voiceActivity ??
      (this.#silero ??= new SileroActivity({
        ...(modelDir !== undefined && { modelDir }),
      }))
    )
  }

  /** Languages that can be asked for; undefined: any. */
  get #languages(): readonly string[] | undefined {
    return this.recognizerOf({}).languages
  }

  /** The language of all that is heard, where there is only one. */
  get language(): string | undefined {
    const known = this.#languages
    return known?.length === 1 ? known[0] : undefined
  }

  /** A language as the recogniser names it; undefined: it knows none such. */
  languageOf(given: string): string | undefined {
    const known = this.#languages
    return known ? known.find(code => isLanguage(given, code)) : given
  }

  /** What can be asked for, for those who asked for something else. */
  get languageAdvice(): string {
    const known = this.#languages ?? []
    const names = new Intl.ListFormat('en').format(known.map(languageName))
    const codes = new Intl.ListFormat('en', { type: 'disjunction' })
    return `This server transcribes ${names} only: use ${codes.format(
      known.map(code => `'${code}'`),
    )}, or leave it out.`
  }

  /** Starts what answers to OpenAI's names; resolves when it is warm. */
  async warmUp(): Promise<void> {
    const recognizer = this.recognizerOf({})
    await recognizer.ready?.()
    await recognizer.warmUp?.()
  }

  /** Ends what was made here. */
  async close(): Promise<void> {
    const made = [...this.#made.values()].map(one => one.close())
    await Promise.all([...made, this.#silero?.close()])
  }
}
