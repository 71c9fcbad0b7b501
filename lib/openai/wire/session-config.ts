import { type ServedModels, servedModel, servedModels } from './wire-models.ts'
import { type ServiceErrorBody, invalidRequest } from './service-error.ts'
import { type SessionPatch, readPatch } from './session-schema.ts'

/** How the audio that comes is written. */
export type InputFormat =
  | { readonly type: 'audio/pcm'; readonly rate: number }
  | { readonly type: 'audio/pcmu' | 'audio/pcma' }

/** Settings by which the server finds turns. */
export type TurnSettings =
  | {
      readonly type: 'server_vad'
      readonly threshold: number
      readonly prefix_padding_ms: number
      readonly silence_duration_ms: number
    }
  | {
      readonly type: 'semantic_vad'
      readonly eagerness: 'low' | 'medium' | 'high' | 'auto'
    }

/** Settings of the recogniser. */
export type TranscriptionSettings = {
  readonly model?: string
  readonly language?: string | null
  readonly languages?: readonly string[] | null
  readonly keywords?: readonly string[] | null
  readonly prompt?: string | null
  readonly delay?: string | null
}

/** What `session.update` can change; written as the wire has it. */
export type SessionConfig = {
  readonly audio: {
    readonly input: {
      readonly format: InputFormat
      readonly transcription: TranscriptionSettings | null
      readonly noise_reduction: object | null
      readonly turn_detection: TurnSettings | null
    }
  }
  readonly include: readonly string[] | null
}

const defaultTurns: TurnSettings = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 200,
}

/** A session's settings before any update. */
export const defaultConfig: SessionConfig = {
  audio: {
    input: {
      format: { type: 'audio/pcm', rate: 24_000 },
      transcription: null,
      noise_reduction: null,
      turn_detection: defaultTurns,
    },
  },
  include: null,
}

type InputPatch = NonNullable<NonNullable<SessionPatch['audio']>['input']>

const mergeTurns = (
  before: TurnSettings | null,
  change: InputPatch['turn_detection'],
): TurnSettings | null => {
  if (!change) return change === null ? null : before
  const fresh =
    change.type === 'server_vad'
      ? defaultTurns
      : { type: change.type, eagerness: 'auto' }
  const base = before?.type === change.type ? before : fresh
  return { ...base, ...change } as TurnSettings
}

const merge = (before: SessionConfig, change: SessionPatch): SessionConfig => {
  const old = before.audio.input
  const input: InputPatch = change.audio?.input ?? {}
  const { format, transcription, noise_reduction } = input
  const heard = transcription && {
    language: null,
    prompt: null,
    ...old.transcription,
    ...transcription,
  }
  return {
    audio: {
      input: {
        format: format
          ? ({
              ...(format.type === 'audio/pcm' && { rate: 24_000 }),
              ...format,
            } as InputFormat)
          : old.format,
        transcription:
          heard === undefined
            ? old.transcription
            : (heard as TranscriptionSettings | null),
        noise_reduction:
          noise_reduction === undefined
            ? old.noise_reduction
            : noise_reduction && { ...old.noise_reduction, ...noise_reduction },
        turn_detection: mergeTurns(old.turn_detection, input.turn_detection),
      },
    },
    include: change.include === undefined ? before.include : change.include,
  }
}

/** What no single field shows to be wrong. */
const clashOf = (
  { audio }: SessionConfig,
  models: ServedModels,
): ServiceErrorBody | undefined => {
  const { transcription, turn_detection } = audio.input
  const name = transcription?.model
  if (name === undefined) return undefined
  const path = 'session.audio.input'
  const refuse = (field: string, message: string) =>
    invalidRequest('invalid_value', message, `${path}.${field}`)
  const model = servedModel(name, models)
  if (!model)
    return refuse(
      'transcription.model',
      `Invalid value for '${path}.transcription.model'. Supported values are: ${Object.keys(
        models,
      )
        .map(known => `'${known}'`)
        .join(', ')}.`,
    )
  if (!model.realtime)
    return refuse(
      'transcription.model',
      `Model '${name}' is not supported in transcription mode.`,
    )
  if (!model.serverTurns && turn_detection)
    return refuse(
      'turn_detection',
      'Turn detection is not supported for this transcription model.',
    )
  if (name === 'gpt-realtime-whisper' && transcription?.prompt)
    return refuse(
      'transcription.prompt',
      'Prompt is not supported for this transcription model.',
    )
  for (const field of ['languages', 'keywords'] as const)
    if (transcription?.[field] && !model.languages)
      return refuse(
        `transcription.${field}`,
        `'${field}' is not supported for this transcription model.`,
      )
  if (transcription?.language && transcription.languages)
    return refuse(
      'transcription.languages',
      "'language' and 'languages' cannot both be given.",
    )
  return undefined
}

/**
 * A session's settings after an update: what it does not name stays. Wrong
 * in one place, it changes nothing.
 */
export const updateConfig = (
  before: SessionConfig,
  update: unknown,
  models: ServedModels = servedModels,
): { config: SessionConfig } | { error: ServiceErrorBody } => {
  const read = readPatch(update)
  if ('error' in read) return read
  const config = merge(before, read.patch)
  const error = clashOf(config, models)
  return error ? { error } : { config }
}
