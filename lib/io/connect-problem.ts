import { isNativeError } from 'node:util/types'

/** Why no connection could be made. */
export type ConnectProblem = {
  /** What happened, in one clause. */
  readonly reason: string
  /** What the user can do; none if waiting may help. */
  readonly cure?: string
  /** Whether every other attempt would meet the same. */
  readonly final: boolean
}

const UNTRUSTED =
  /^(DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF).*|CERT_(UNTRUSTED|REJECTED|SIGNATURE_FAILURE|CHAIN_TOO_LONG)|INVALID_CA|INVALID_PURPOSE)$/

/**
 * The error that began it: the innermost cause, the first of several. In Jest,
 * errors of Node are no instances of the `Error` that this module sees; those
 * of node-fetch are nothing else.
 */
const innermost = (error: unknown): NodeJS.ErrnoException => {
  let inner = error as NodeJS.ErrnoException & { errors?: unknown[] }
  for (let depth = 0; depth < 5; depth++) {
    const next = inner.cause ?? inner.errors?.[0]
    if (!isNativeError(next) && !(next instanceof Error)) break
    inner = next
  }
  return inner
}

const ofCertificate = (
  code: string,
  message: string,
  host: string,
): Omit<ConnectProblem, 'final'> | undefined => {
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return {
      reason: `the TLS certificate of ${host} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'} (${code})`,
      cure: "check this machine's clock, or have the certificate renewed",
    }
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return {
      reason: `the TLS certificate of ${host} is for another name: ${message}`,
      cure: 'use a host name in the base URL that the certificate contains',
    }
  if (UNTRUSTED.test(code) || /^(CERT|CRL)_/.test(code))
    return {
      reason: `this machine does not trust the TLS certificate of ${host}: ${message} (${code})`,
      cure: 'if the server or your network has a certificate authority of its own, start Node.js with NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
    }
  return undefined
}

const ofTls = (
  code: string,
  message: string,
  host: string,
): Omit<ConnectProblem, 'final'> | undefined => {
  if (!/^(EPROTO|ERR_SSL_|ERR_TLS_)/.test(code)) return undefined
  return /wrong.version.number|packet.length.too.long|http.request/i.test(
    code + message,
  )
    ? {
        reason: `${host} does not answer with TLS: wrong version number (${code})`,
        cure: 'if that server has no TLS, let the base URL begin with http:',
      }
    : {
        reason: `the TLS handshake with ${host} failed: ${message.split(':').at(-2) ?? message} (${code})`,
        cure: 'check the base URL and the TLS settings of that server',
      }
}

const ofProxy = (message: string): Omit<ConnectProblem, 'final'> | undefined =>
  /Proxy response \(407\)|Proxy Authentication Required|Socks5 Authentication failed|authentication type|SOCKS5 .*auth|no acceptable auth/i.test(
    message,
  )
    ? {
        reason: `the proxy asks for a user name and a password, or refuses those it got: ${message}`,
        cure: 'set the variable that names the proxy to http://user:password@host:port',
      }
    : undefined

/** What the codes of the network mean. */
const wordsOf = (
  { code = '', message, ...facts }: NodeJS.ErrnoException,
  host: string,
): string => {
  const { address, port, hostname } = facts as {
    address?: string
    port?: number
    hostname?: string
  }
  const where = address && port ? `${address}:${port}` : host
  switch (code) {
    case 'ECONNREFUSED':
      return `nothing accepts connections at ${where} (ECONNREFUSED)`
    case 'ENOTFOUND':
      return `there is no host named ${hostname ?? host} (ENOTFOUND)`
    case 'EAI_AGAIN':
      return `no name server answers when asked for ${hostname ?? host} (EAI_AGAIN)`
    case 'ECONNRESET':
    case 'UND_ERR_SOCKET':
      return `${host} closed the connection before it answered (ECONNRESET)`
    default:
      return message || code || 'the connection failed'
  }
}

/**
 * Says what an error of Node's network modules, or of a `fetch`, means.
 *
 * @param host whom the connection was for, as `host:port`
 */
export const connectProblemOf = (
  error: unknown,
  host = 'the server',
): ConnectProblem => {
  const inner = innermost(error)
  const { code = '', message } = inner
  const final =
    ofCertificate(code, message, host) ??
    ofTls(code, message, host) ??
    ofProxy(message)
  if (final) return { ...final, final: true }
  if (code === 'HPE_INVALID_CONSTANT')
    return {
      reason: `${host} does not answer with HTTP (${code})`,
      cure: 'check the base URL',
      final: true,
    }
  return { reason: wordsOf(inner, host), final: false }
}
