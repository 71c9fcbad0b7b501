import type { EventFormat } from './caption-writer.ts'
import { toJson } from './to-json.ts'

/** The events as they are, times in ms, one JSON object a line. */
export const jsonl: EventFormat = {
  extension: 'jsonl',
  open: () => ({
    begin: () => '',
    event: event => `${toJson(event)}\n`,
    end: () => '',
  }),
}
