import { z } from 'zod'
import { type ServiceErrorBody, invalidRequest } from './service-error.ts'

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

/** An update of a session that has the right form. */
export type SessionPatch = z.infer<typeof patch>

/** Reads the `session` of an update. */
export const readPatch = (
  update: unknown,
): { patch: SessionPatch } | { error: ServiceErrorBody } => {
  const parsed = patch.safeParse(update)
  return parsed.success
    ? { patch: parsed.data }
    : { error: schemaError(parsed.error, update, ['session']) }
}

type Issue = z.core.$ZodIssue

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map(String).join('.')

const errorOf = (
  issue: Issue,
  at: (path: string[]) => unknown,
  root: readonly string[],
): ServiceErrorBody => {
  const param = pathOf([...root, ...issue.path])
  const keys = issue.path.map(String)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = pathOf([...root, ...issue.path, issue.keys[0]!])
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
        `Invalid '${param}': integer below minimum value. Expected a value >= ${issue.minimum}, but got ${String(at(keys))} instead.`,
        param,
      )
    case 'too_big':
      return invalidRequest(
        'integer_above_max_value',
        `Invalid '${param}': integer above maximum value. Expected a value <= ${issue.maximum}, but got ${String(at(keys))} instead.`,
        param,
      )
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union':
      if (at(keys) === undefined)
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

const reach = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  )

/**
 * What the service says of a value that has the wrong form: the first thing
 * that is wrong with it.
 *
 * @param root where the value stands, in names of parameters
 */
export const schemaError = (
  { issues }: z.core.$ZodError,
  value: unknown,
  root: readonly string[],
): ServiceErrorBody => errorOf(issues[0]!, path => reach(value, path), root)
