import { checkServerIdentity, type PeerCertificate } from 'node:tls'
import { HttpsProxyAgent } from 'https-proxy-agent'
import { SocksProxyAgent } from 'socks-proxy-agent'
import type { ClientOptions } from 'ws'
import type { Proxy } from './proxy.ts'

/** Options of a WebSocket that is to go through a proxy. */
export const proxyOptions = (url: URL, proxy: Proxy): ClientOptions => {
  // An agent forgets a host that is an address.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const check = (_: string, certificate: PeerCertificate): Error | undefined =>
    checkServerIdentity(host, certificate)
  return {
    agent: agentOf(proxy),
    checkServerIdentity: check as never, // its type is not what Node calls
  }
}

const agentOf = ({ url: { href } }: Proxy): ClientOptions['agent'] =>
  // The proxy resolves host names, as it does for files.
  href.startsWith('socks')
    ? new SocksProxyAgent(href.replace(/^socks5:/, 'socks5h:'))
    : new HttpsProxyAgent(href)
