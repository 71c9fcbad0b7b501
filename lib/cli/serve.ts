import { once } from 'node:events'
import { defaultModel } from '../recognizers/index.ts'
import {
  createServer,
  type ServerOptions,
  type TranscriptionServer,
} from '../server/index.ts'
import { isLoopback, isWildcard } from '../server/server-options.ts'
import {
  CliError,
  exitCode,
  readTextFile,
  usageError,
  type ExitCode,
} from './cli-error.ts'
import { StandardOutput } from './destination.ts'
import { Interrupt } from './interrupt.ts'
import { given, refuseModel, refuseOptions } from './option-values.ts'
import { prefetchModels } from './models.ts'
import type { CommandContext, Reporter } from './reporter.ts'
import type { TranscribeCommandOptions } from './transcribe-settings.ts'

/** Shorter keys could be guessed, or occur in a text by chance. */
const minServerKeyLength = 8

/** Refuses an unusable key, without showing it. */
const checkKey = (key: string, place: string): void => {
  if (!/^[!-~]+$/.test(key))
    throw usageError(
      `${place} has a key with a space, or a letter that no header takes; write another`,
    )
  if (key.length < minServerKeyLength)
    throw usageError(
      `${place} has a key of less than ${minServerKeyLength} characters; 'openssl rand -hex 24' makes a good one`,
    )
}

/**
 * Returns the accepted keys: the lines of a file, or that of `VOXPIPE_API_KEY`.
 * Later reports hide them.
 * @throws CliError
 */
const serverKeys = async (
  file: string | undefined,
  { terminal, reporter }: CommandContext,
): Promise<readonly string[]> => {
  const place = file ?? 'VOXPIPE_API_KEY'
  const text =
    file === undefined
      ? (terminal.env['VOXPIPE_API_KEY'] ?? '')
      : await readTextFile(
          file,
          'name a file with a key on each line',
          text => text,
        )
  const keys = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  for (const key of keys) reporter.hideKey(key)
  for (const key of keys) checkKey(key, place)
  if (file !== undefined && keys.length === 0)
    throw usageError(`${file} has no key; write one a line`)
  return keys
}

export type ServeOptions = Pick<
  TranscribeCommandOptions,
  'model' | 'modelDir' | 'maxDuration'
> & {
  readonly host?: string
  readonly port?: number
  readonly apiKeyFile?: string
  readonly allowHost?: readonly string[]
  readonly allowOrigin?: readonly string[]
  readonly maxSessions?: number
  readonly maxUploads?: number
  readonly maxUploadSize?: number
}

const LOOPBACK = '127.0.0.1'

/** How long a stop waits for sessions and uploads, in ms. */
export const GRACE_MS = 30_000

const serveOptionNames = new Set(
  [
    ['host', 'port', 'apiKeyFile', 'allowHost', 'allowOrigin'],
    ['maxSessions', 'maxUploads', 'maxUploadSize', 'maxDuration'],
    ['model', 'modelDir', 'quiet', 'verbose', 'debug'],
  ].flat(),
)

const listenProblems: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use; choose another with --port, or 0 for a free one',
  EACCES: 'not allowed; choose one above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; choose another with --host',
  ENOTFOUND: 'there is no such address; choose another with --host',
}

const listen = async (
  server: TranscriptionServer,
  host: string,
  port: number,
): Promise<void> => {
  try {
    await server.listen({ host, port })
  } catch (error) {
    const { cause } = error as { cause?: { code?: string } }
    const problem = listenProblems[cause?.code ?? '']
    if (problem === undefined) throw error
    throw new CliError(
      exitCode.unavailable,
      `cannot listen on ${host}, port ${port}: ${problem}`,
      { cause: error },
    )
  }
}

const reportReady = (
  { baseURL }: TranscriptionServer,
  { host = LOOPBACK, apiKeyFile, allowHost = [] }: ServeOptions,
  hasKeys: boolean,
  reporter: Reporter,
): void => {
  reporter.note(
    isLoopback(host)
      ? 'ready, for this machine alone; Ctrl-C ends it'
      : 'ready, for all that reach this machine and have a key; Ctrl-C ends it',
  )
  if (isWildcard(host) && allowHost.length === 0)
    reporter.warn(
      'it answers to calls of localhost alone; give the name or address that others call it by with --allow-host',
    )
  reporter.note("what speaks OpenAI's API finds it by:")
  reporter.command(`export OPENAI_BASE_URL=${baseURL}`)
  if (!hasKeys) reporter.command('export OPENAI_API_KEY=any')
  else
    reporter.note(
      `and OPENAI_API_KEY, which is ${apiKeyFile === undefined ? 'VOXPIPE_API_KEY' : `a line of ${apiKeyFile}`}`,
    )
}

const count = (number: number, name: string): string =>
  `${number} ${name}${number === 1 ? '' : 's'}`

const stopMessage = ({ active }: TranscriptionServer): string => {
  const { sessions, uploads } = active
  return sessions + uploads === 0
    ? 'stopping'
    : `stopping: ${count(sessions, 'live session')} and ${count(uploads, 'upload')} are finished first, for ${GRACE_MS / 1_000} s at most`
}

/**
 * Serves OpenAI's speech-to-text API until a signal.
 * @throws CliError for wrong usage, or if the port is not available
 */
export const serve = async (
  options: ServeOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const { reporter, recognizer } = context
  refuseOptions('serve', options, serveOptionNames)
  refuseModel(options, recognizer)
  const { host = LOOPBACK, port = 8642 } = options
  const apiKeys = await serverKeys(options.apiKeyFile, context)
  const hasKeys = apiKeys.length > 0
  if (!hasKeys && !isLoopback(host))
    throw usageError(
      `--host ${host} lets others in, and there is no key; give one with --api-key-file FILE or VOXPIPE_API_KEY, or leave --host away`,
    )
  const server = createServer(
    given<ServerOptions>({
      ...(recognizer ? { recognizer } : { model: options.model }),
      modelDir: options.modelDir,
      apiKeys,
      allowedHosts: options.allowHost,
      allowedOrigins: options.allowOrigin,
      maxSessions: options.maxSessions,
      maxUploads: options.maxUploads,
      maxUploadBytes: options.maxUploadSize,
      maxDurationMs: options.maxDuration,
      graceMs: GRACE_MS,
    }),
  )
  const interrupt = new Interrupt(context, () => stopMessage(server))
  const { stop } = interrupt
  try {
    if (!recognizer) {
      const { model = defaultModel(false), modelDir } = options
      const names = [model, 'silero-vad']
      await prefetchModels(names, modelDir, reporter, stop)
    }
    await server.ready()
    await listen(server, host, port)
    await new StandardOutput(context).write(`${server.baseURL}\n`)
    reportReady(server, options, hasKeys, reporter)
    if (!stop.aborted) await once(stop, 'abort')
    return interrupt.exitCode!
  } catch (error) {
    if (interrupt.exitCode !== undefined) return interrupt.exitCode
    throw error
  } finally {
    await server.close()
    interrupt.close()
    reporter.clearStatus()
  }
}
