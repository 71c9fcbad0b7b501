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
      `${place} has a key with a space or a character that HTTP headers do not allow; use another key`,
    )
  if (key.length < minServerKeyLength)
    throw usageError(
      `${place} has a key of fewer than ${minServerKeyLength} characters; create one with 'openssl rand -hex 24'`,
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
          'name a file with one key per line',
          text => text,
        )
  const keys = text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
  for (const key of keys) reporter.hideKey(key)
  for (const key of keys) checkKey(key, place)
  if (file !== undefined && keys.length === 0)
    throw usageError(`${file} has no keys; write one per line`)
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
  EADDRINUSE:
    'the port is in use; choose another with --port, or 0 for a free one',
  EACCES: 'permission denied; choose a port above 1023 with --port',
  EADDRNOTAVAIL: 'this machine has no such address; choose another with --host',
  ENOTFOUND: 'there is no such host; choose another with --host',
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
      ? 'ready for clients on this machine; press Ctrl-C to stop'
      : 'ready for clients on any machine that have a key; press Ctrl-C to stop',
  )
  if (isWildcard(host) && allowHost.length === 0)
    reporter.warn(
      'only requests for localhost are accepted; allow the name or address that other machines use with --allow-host',
    )
  reporter.note("to use it from any client of OpenAI's API, set:")
  reporter.command(`export OPENAI_BASE_URL=${baseURL}`)
  if (!hasKeys) reporter.command('export OPENAI_API_KEY=any')
  else
    reporter.note(
      `and set OPENAI_API_KEY to ${apiKeyFile === undefined ? 'the key in VOXPIPE_API_KEY' : `a key from ${apiKeyFile}`}`,
    )
}

const count = (number: number, name: string): string =>
  `${number} ${name}${number === 1 ? '' : 's'}`

const stopMessage = ({ active }: TranscriptionServer): string => {
  const { sessions, uploads } = active
  return sessions + uploads === 0
    ? 'stopping'
    : `stopping: waiting up to ${GRACE_MS / 1_000} s for ${count(sessions, 'live session')} and ${count(uploads, 'upload')}`
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
      `--host ${host} lets other machines connect, which needs a key; give one with --api-key-file FILE or VOXPIPE_API_KEY, or omit --host`,
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
