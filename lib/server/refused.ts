import {
  type ServiceErrorBody,
  invalidRequest,
} from '../openai/wire/service-error.ts'

/** A request is refused; how it is told. */
export class Refused extends Error {
  readonly status: number
  readonly error: ServiceErrorBody
  readonly headers: Readonly<Record<string, string>>
  constructor(
    status: number,
    error: ServiceErrorBody,
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(error.message)
    this.status = status
    this.error = error
    this.headers = headers
  }
}

/** A request that is wrong in itself. */
export const badRequest = (message: string, status = 400): Refused =>
  new Refused(status, invalidRequest(null, message))
