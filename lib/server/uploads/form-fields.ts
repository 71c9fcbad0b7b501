import { badRequest } from '../refused.ts'

/** Most text of all fields together, in bytes, names included. */
export const MAX_FIELD_BYTES = 1_048_576

/** The fields of a form, as they come. */
export class FormFields {
  readonly values = new Map<string, string[]>()
  #bytes = 0

  /** @throws Refused where they are too long */
  add(name: string, value: string, truncated: boolean): void {
    this.#bytes += name.length + value.length
    if (truncated || this.#bytes > MAX_FIELD_BYTES)
      throw badRequest('The fields of the form are too long.', 413)
    const known = this.values.get(name)
    if (known) known.push(value)
    else this.values.set(name, [value])
  }
}
