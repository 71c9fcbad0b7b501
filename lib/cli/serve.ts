import { once } from 'node:events'
import { defaultModel, resolveModel } from '../index.ts'
import {
  createServer,
  type ServerOptions,
  type TranscriptionServer,
} from '../server/index.ts'
import { isLoopback, isWildcard } from '../server/listen-address.ts'
import type { CommandContext } from './command-context.ts'
import { CliError, exitCode, usageError, type ExitCode } from './exit-code.ts'
import { given } from './given.ts'
import { Interrupt } from './interrupt.ts'
import { showFetch } from './progress.ts'
import { refuseModel, refuseOptions } from './refuse-options.ts'
import type { Reporter } from './reporter.ts'
import { serverKeys } from './server-keys.ts'
import { StandardOutput } from './standard-output.ts'

/** What the options say of a server. */
export type ServeOptions = {
  readonly host?: string
  readonly port?: number
  readonly model?: string
  readonly modelDir?: string
  readonly apiKeyFile?: string
  readonly allowHost?: readonly string[]
  readonly allowOrigin?: readonly string[]
  readonly maxSessions?: number
  readonly maxUploads?: number
  /** In bytes. */
  readonly maxUploadSize?: number
  /** Of one upload's audio, in ms. */
  readonly maxDuration?: number
}

const LOOPBACK = '127.0.0.1'

/** How long a stop waits for what is under way, in ms. */
export const GRACE_MS = 30_000

/** What it takes, of its own and of what belongs to all commands. */
const known = new Set(
  [
    ['host', 'port', 'apiKeyFile', 'allowHost', 'allowOrigin'],
    ['maxSessions', 'maxUploads', 'maxUploadSize', 'maxDuration'],
    ['model', 'modelDir', 'quiet', 'verbose', 'debug'],
  ].flat(),
)

const ports: Readonly<Record<string, string>> = {
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
    const problem = ports[cause?.code ?? '']
    if (problem === undefined) throw error
    throw new CliError(
      exitCode.unavailable,
      `cannot listen on ${host}, port ${port}: ${problem}`,
      { cause: error },
    )
  }
}

/** Finds or fetches the model, with what voice activity detection needs. */
const fetchModels = async (
  { model = defaultModel(false), modelDir }: ServeOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> => {
  const options = {
    modelDir,
    signal,
    onProgress: showFetch(reporter),
    onWarning: ({ message }: { readonly message: string }): void =>
      reporter.warn(message),
  }
  await resolveModel(model, options)
  await resolveModel('silero-vad', options)
}

/** How a client is pointed to it. */
const tell = (
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

/** What a stop waits for. */
const stopping = ({ active }: TranscriptionServer): string => {
  const { sessions, uploads } = active
  return sessions + uploads === 0
    ? 'stopping'
    : `stopping: ${count(sessions, 'live session')} and ${count(uploads, 'upload')} are finished first, for ${GRACE_MS / 1_000} s at most`
}

/**
 * Serves OpenAI's speech-to-text API until a signal ends it.
 *
 * @throws CliError where the command line makes no sense, or the port cannot
 *   be had
 */
export const serve = async (
  options: ServeOptions,
  context: CommandContext,
): Promise<ExitCode> => {
  const { reporter, recognizer } = context
  refuseOptions('serve', options, known)
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
  const interrupt = new Interrupt(context, () => stopping(server))
  const { stop } = interrupt
  try {
    if (!recognizer) await fetchModels(options, reporter, stop)
    await server.ready()
    await listen(server, host, port)
    await new StandardOutput(context).write(`${server.baseURL}\n`)
    tell(server, options, hasKeys, reporter)
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
