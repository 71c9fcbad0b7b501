import type { Socket } from 'node:net'

/**
 * Breaks a connection off (RST). While it says goodbye (FIN), Node can't, and
 * would never close it: then it is just closed.
 */
export const reset = (socket: Socket): void => {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
