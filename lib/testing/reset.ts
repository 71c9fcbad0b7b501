import type { Socket } from 'node:net'

/**
 * Resets a connection (RST). After `end()`, Node cannot reset a socket and would
 * never close it: then it is destroyed.
 */
export const reset = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
