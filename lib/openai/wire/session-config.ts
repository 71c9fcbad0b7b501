import { z } from 'zod'
import {
  type ServedModels,
  servedModel,
  servedModels,
} from './openai-models.ts'
import { type ServiceErrorBody, invalidRequest } from './service-error.ts'

export type InputFormat =
  | { readonly type: 'audio/pcm'; readonly rate: number }
  | { readonly type: 'audio/pcmu' | 'audio/pcma' }

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

type TranscriptionSettings = {
  readonly model?: string
  readonly language?: string | null
  readonly languages?: readonly string[] | null
  readonly keywords?: readonly string[] | null
  readonly prompt?: string | null
  readonly delay?: string | null
}

/** Settings that `session.update` can change. */
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
  const changed = transcription && {
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
          changed === undefined
            ? old.transcription
            : (changed as TranscriptionSettings | null),
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

/** Returns the error of fields that conflict. */
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
 * Returns a session's settings after an update. An update with an error changes
 * nothing.
 */
export const updateConfig = (
  before: SessionConfig,
  update: unknown,
  models: ServedModels = servedModels,
): { config: SessionConfig } | { error: ServiceErrorBody } => {
  const { success, data, error: malformed } = patch.safeParse(update)
  if (!success) return { error: schemaError(malformed, update, ['session']) }
  const config = merge(before, data)
  const error = clashOf(config, models)
  return error ? { error } : { config }
}

const keyword = z.string().regex(/^[^<>\r\n]*$/)

const pcm = z.strictObject({
  type: z.literal('audio/pcm'),
  rate: z.int().min(24_000).max(24_000).optional(),
})
const g711 = (type: string) => z.strictObject({ type: z.literal(type) })

const serverVad = z.strictObject({
  type: z.literal('server_vad'),
  threshold: z.number().min(0).max(1).optional(),
  prefix_padding_ms: z.int().min(0).optional(),
  silence_duration_ms: z.int().min(0).optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
  idle_timeout_ms: z.int().min(5_000).max(30_000).nullish(),
})
const semanticVad = z.strictObject({
  type: z.literal('semantic_vad'),
  eagerness: z.enum(['low', 'medium', 'high', 'auto']).optional(),
  create_response: z.boolean().optional(),
  interrupt_response: z.boolean().optional(),
})

const transcription = z.strictObject({
  model: z.string().optional(),
  language: z.string().nullish(),
  languages: z.array(z.string()).min(1).nullish(),
  keywords: z.array(keyword).nullish(),
  prompt: z.string().nullish(),
  delay: z.enum(['minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
})

const patch = z.strictObject({
  type: z.literal('transcription'),
  audio: z
    .strictObject({
      input: z
        .strictObject({
          format: z
            .discriminatedUnion('type', [
              pcm,
              g711('audio/pcmu'),
              g711('audio/pcma'),
            ])
            .optional(),
          transcription: transcription.nullish(),
          noise_reduction: z
            .strictObject({
              type: z.enum(['near_field', 'far_field']).optional(),
              strength: z.number().optional(),
            })
            .nullish(),
          turn_detection: z
            .discriminatedUnion('type', [serverVad, semanticVad])
            .nullish(),
        })
        .optional(),
    })
    .optional(),
  include: z
    .array(z.literal('item.input_audio_transcription.logprobs'))
    .nullish(),
})

type SessionPatch = z.infer<typeof patch>

/**
 * Returns the service's error for the first issue of a malformed value.
 *
 * @param root path of the value, in parameter names
 */
export const schemaError = (
  { issues }: z.core.$ZodError,
  value: unknown,
  root: readonly string[],
): ServiceErrorBody => {
  const issue = issues[0]!
  const path = issue.path.map(String)
  const param = [...root, ...path].join('.')
  const found = path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  )
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = [...root, ...path, issue.keys[0]!].join('.')
      return invalidRequest(
        'unknown_parameter',
        `Unknown parameter: '${unknown}'.`,
        unknown,
      )
    }
    case 'too_small':
      if (issue.origin === 'array') break
      return invalidRequest(
        'integer_below_min_value',
        `Invalid '${param}': integer below minimum value. Expected a value >= ${issue.minimum}, but got ${String(found)} instead.`,
        param,
      )
    case 'too_big':
      return invalidRequest(
        'integer_above_max_value',
        `Invalid '${param}': integer above maximum value. Expected a value <= ${issue.maximum}, but got ${String(found)} instead.`,
        param,
      )
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union':
      if (found === undefined)
        return invalidRequest(
          'missing_required_parameter',
          `Missing required parameter: '${param}'.`,
          param,
        )
  }
  const values =
    'values' in issue ? issue.values.map(v => `'${String(v)}'`) : []
  const supported =
    values.length > 0 ? ` Supported values are: ${values.join(', ')}.` : ''
  return invalidRequest(
    issue.code === 'invalid_type' ? 'invalid_type' : 'invalid_value',
    `Invalid value for '${param}'.${supported}`,
    param,
  )
}
