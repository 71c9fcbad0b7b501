import { fork } from 'node:child_process'

/** Options of {@link askModule}. */
export type AskModuleOptions = {
  /** Where lines go that the child prints, without their end. */
  readonly onLine: (line: string) => void
  /** Kills the child when aborted, and waits until it is gone. */
  readonly signal: AbortSignal
}

type Answer =
  | { readonly answer: unknown }
  | { readonly error: { readonly message: string; readonly code?: string } }

const KEPT_CHARS = 4_096

/**
 * Runs a module in a Node process of its own, hands it a message, and waits
 * for its answer. The child has our environment, keys as well: only modules
 * that the user has named or that are ours may be run so.
 *
 * @param module takes the first message, answers `{ answer }` or `{ error }`
 * @param input whatever `structuredClone` takes, as is the answer
 * @throws Error with the message and code of the child's, or how it ended
 */
export const askModule = async (
  module: URL,
  input: unknown,
  { onLine, signal }: AskModuleOptions,
): Promise<unknown> => {
  signal.throwIfAborted()
  const child = fork(module, {
    serialization: 'advanced',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    killSignal: 'SIGKILL',
    signal,
  })
  let unread = ''
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      const lines = `${unread}${text}`.split('\n')
      unread = lines.pop()!.slice(-KEPT_CHARS)
      for (const line of lines) onLine(line)
    })
  let received: Answer | undefined
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', error => {
      const isThere = child.pid !== undefined && child.exitCode === null
      if (!isThere || child.signalCode !== null) reject(error)
      else child.once('exit', () => reject(error))
    })
    child.once('close', (code, killedBy) => {
      if (unread !== '') onLine(unread)
      resolve(killedBy ?? `code ${code}`)
    })
  })
  child.on('message', (message: Answer) => {
    received = message
  })
  // It may have ended before: how it did is said below.
  child.send(input as object, () => {})
  const how = await ended
  if (received === undefined)
    throw new Error(`a process of its own ended with ${how} and no answer`)
  if ('error' in received) {
    const { message, ...rest } = received.error
    throw Object.assign(new Error(message), rest)
  }
  return received.answer
}

const entry = new URL(
  import.meta.url.endsWith('.ts') ? './case-child.ts' : './case-child.js',
  import.meta.url,
)

/**
 * Runs one case in a process of its own, so that none warms up, deoptimises or
 * fills the memory of another.
 *
 * @param name a name of `cases.ts`
 * @throws what the case throws
 */
export const runCase = async <Out>(
  name: string,
  input: unknown,
  options: AskModuleOptions,
): Promise<Out> => (await askModule(entry, { name, input }, options)) as Out
