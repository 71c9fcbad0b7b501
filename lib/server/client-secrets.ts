import type { ServerContext } from './context.ts'

/** Keys for a short time. */
export class ClientSecrets {}

/** Answers POST /v1/realtime/client_secrets. */
export const createClientSecret = (
  _context: ServerContext,
  _body: unknown,
): { readonly status: number; readonly body: unknown } => ({
  status: 500,
  body: {},
})
