import { z } from 'zod'
import type { ServiceErrorBody } from '../service-error.ts'
import { schemaError } from './schema-error.ts'

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
