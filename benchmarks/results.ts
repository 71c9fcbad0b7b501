import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { InputError } from 'voxpipe'
import type { Machine } from './machine.ts'
import { suiteNames, type SuiteResult } from './suite.ts'

/** Which speech a suite was measured on. */
export type SpeechUsed = {
  /** Number of clips. */
  readonly clips: number
  /** Their total duration, in s. */
  readonly seconds: number
  /** Of their samples and texts: the same for the same speech. */
  readonly digest: string
}

/** What a suite found out, when, on what, and by which command. */
export type SuiteRecord = SuiteResult & {
  /** ISO 8601; when it was done. */
  readonly date: string
  /** How long it took, in s. */
  readonly seconds: number
  /** Command that runs this suite. */
  readonly command: string
  /** Machine that ran it. */
  readonly machine: Machine
  /** Undefined where it needed none. */
  readonly speech?: SpeechUsed
}

/**
 * The file `results.json`. Suites may be of several runs; date, command and
 * machine at the top are those of the last.
 */
export type Results = {
  /** Version of the file's format. */
  readonly schema: 1
  /** ISO 8601; when the last suite ended. */
  readonly date: string
  /** Command that runs the suites. */
  readonly command: string
  /** Machine that ran the last suite. */
  readonly machine: Machine
  /** Results of each suite. */
  readonly suites: readonly SuiteRecord[]
}

const text = z.string()
const texts = z.array(text)
const optionalText = z.exactOptional(text)

const machineSchema = z.object({
  cpu: text,
  cores: z.number(),
  memory: text,
  system: text,
  node: text,
  voxpipe: text,
  onnxruntime: optionalText,
  revision: optionalText,
})

const resultShape = {
  name: z.enum(suiteNames),
  tables: z.array(
    z
      .object({
        title: text,
        note: optionalText,
        head: texts.min(1),
        rows: z.array(texts),
      })
      .refine(({ head, rows }) => rows.every(r => r.length === head.length), {
        message: 'a row has not as many cells as the head',
      }),
  ),
  figures: z.array(
    z.object({
      id: text.min(1),
      value: z.number(),
      unit: text,
      better: z.enum(['lower', 'higher']),
      noise: z.number().nonnegative(),
      n: z.int().nonnegative(),
    }),
  ),
  verdicts: z.array(
    z.object({ name: text, limit: text, measured: text, met: z.boolean() }),
  ),
  failures: z.array(z.object({ name: text, problem: text })),
  notes: texts,
  data: z.unknown(),
}

const recordSchema = z.object({
  ...resultShape,
  date: text,
  seconds: z.number(),
  command: text,
  machine: machineSchema,
  speech: z.exactOptional(
    z.object({ clips: z.int(), seconds: z.number(), digest: text }),
  ),
})

const resultsSchema = z.object({
  schema: z.literal(1),
  date: text,
  command: text,
  machine: machineSchema,
  suites: z.array(recordSchema),
})

const problemOf = ({ issues }: z.ZodError): string => {
  const { path, message } = issues[0]!
  return `${path.join('.') || 'its top'}: ${message}`
}

/**
 * Holds what a suite answers against what it is to answer.
 *
 * @throws TypeError
 */
export const checkResult = (result: SuiteResult): SuiteResult => {
  const { error } = z.object(resultShape).safeParse(result)
  if (error)
    throw new TypeError(
      `the suite '${result.name}' answers what is no result, at ${problemOf(error)}`,
    )
  return result
}

/**
 * Reads a `results.json`.
 *
 * @throws InputError where there is none, or it is something else
 */
export const readResults = async (path: string): Promise<Results> => {
  let value: unknown
  try {
    value = JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    const why =
      error instanceof SyntaxError
        ? 'it is not JSON'
        : code === 'ENOENT'
          ? 'there is no such file'
          : code === 'EISDIR'
            ? 'it is a folder'
            : 'it cannot be read; check its permissions'
    throw new InputError(
      `'${path}' is no results.json of 'voxpipe bench': ${why}`,
      { cause: error },
    )
  }
  const { schema } = (value ?? {}) as { schema?: unknown }
  if (typeof schema === 'number' && schema !== 1)
    throw new InputError(
      `'${path}' has schema ${schema}, and this voxpipe knows schema 1; measure anew`,
    )
  const { data, error } = resultsSchema.safeParse(value)
  if (error && schema === undefined)
    throw new InputError(
      `'${path}' is no results.json of 'voxpipe bench': it is something else`,
    )
  if (error)
    throw new InputError(
      `'${path}' is no results.json of 'voxpipe bench', at ${problemOf(error)}`,
    )
  return data
}

/**
 * Results of several runs as one: a suite that was measured again takes the
 * place of what it was; the others stay, with their own date and machine.
 */
export const mergeResults = (
  old: Results | undefined,
  latest: Results,
): Results => {
  const all = [...latest.suites]
  for (const suite of old?.suites ?? [])
    if (!all.some(({ name }) => name === suite.name)) all.push(suite)
  const place = ({ name }: SuiteRecord): number => suiteNames.indexOf(name)
  return { ...latest, suites: all.toSorted((a, b) => place(a) - place(b)) }
}
