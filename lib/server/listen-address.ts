import { OptionError } from '../core/errors.ts'
import { checkInteger } from '../core/options.ts'

/** Options of {@link TranscriptionServer.listen}. */
export type ListenOptions = {
  /**
   * Address to listen at. One that others can reach demands `apiKeys`.
   * @default '127.0.0.1'
   */
  readonly host?: string
  /**
   * Port; 0: any that is free.
   * @default 0
   */
  readonly port?: number
}

/** Whether an address is reachable from this machine only. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127(\.\d{1,3}){3}|::1)$/i.test(host)

/** Whether an address stands for all addresses of the machine. */
export const isWildcard = (host: string): boolean =>
  ['0.0.0.0', '::', ''].includes(host)

/** @throws OptionError */
export const resolveAddress = (options: ListenOptions, hasKeys: boolean) => {
  if (typeof options !== 'object')
    throw new OptionError('port', 'must be in an object: listen({ port })')
  const { host = '127.0.0.1', port = 0 } = options
  if (typeof host !== 'string') throw new OptionError('host', 'must be a text')
  checkInteger('port', port, 0, 65_535)
  if (!hasKeys && !isLoopback(host))
    throw new OptionError(
      'host',
      `'${host}' lets other machines in: set apiKeys, or listen at 127.0.0.1`,
    )
  return { host, port, ...(!isWildcard(host) && { name: host }) }
}

/** Converts an error of `listen()` to one that says what to do. */
export const listenError = (
  error: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
): Error => {
  const cause = { cause: error }
  if (error.code === 'EADDRINUSE')
    return new OptionError('port', `${port} is in use: choose another`, cause)
  if (error.code === 'EACCES')
    return new OptionError(
      'port',
      `${port} may not be used: choose one above 1023`,
      cause,
    )
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new OptionError(
      'host',
      `'${host}' is no address of this machine`,
      cause,
    )
  return error
}
