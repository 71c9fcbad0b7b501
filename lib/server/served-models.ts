import {
  type ServedModel,
  type ServedModels,
  servedModels as openaiModels,
} from '../openai/wire/openai-models.ts'

/** A model of this server, and the engine behind it. */
export type LocalModel = ServedModel & {
  /** Model of the engine; undefined: the server's default. */
  readonly engine?: 'tiny' | 'base'
  /** Largest request, in bytes; undefined: the server's own limit. */
  readonly maxBytes?: number
}

/** Largest request of OpenAI's models, in bytes. */
const OPENAI_MAX_BYTES = 26_214_400

/** A model under its own name: every format, only the server's limits. */
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

/** The model that tells speakers apart, which no recogniser here can. */
export const DIARIZING = 'gpt-4o-transcribe-diarize'

/** The models of a server, by name. */
export type LocalModels = ServedModels & Readonly<Record<string, LocalModel>>

/**
 * OpenAI's names have the formats, the limits and the behaviour that they have
 * there, and are answered here; {@link DIARIZING} is none of them.
 */
const openaiNames: LocalModels = Object.fromEntries(
  Object.entries(openaiModels)
    .filter(([name]) => name !== DIARIZING)
    .map(([name, model]) => [name, { ...model, maxBytes: OPENAI_MAX_BYTES }]),
)

/** The models of a server that follows OpenAI to the letter. */
export const strictModels: LocalModels = openaiModels

/** The models of a server with the embedded engine. */
export const moonshineModels: LocalModels = {
  ...openaiNames,
  'moonshine-tiny': { ...ownName, engine: 'tiny' },
  'moonshine-base': { ...ownName, engine: 'base' },
}

/**
 * The models of a server with a recogniser, with the recogniser's own. It may
 * know several languages, and report which one is spoken.
 */
export const modelsOf = (name: string): LocalModels => ({
  ...openaiNames,
  [name]: { ...ownName, languages: true },
  ...openaiNames, // also if its model is called like one of them
})
