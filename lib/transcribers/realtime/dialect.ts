import { olderFormOf, type SessionConfig } from './session-config.ts'

type Event = { readonly type: string }

/** How servers of the protocol's first version begin the names of events. */
const OLDER = 'transcription_session.'

/**
 * Which version of the protocol a server speaks. Where it begins with
 * `transcription_session.created`, it is sent both forms of a configuration,
 * until it has taken one of them.
 */
export class Dialect {
  #older: boolean | 'unsure' = false
  #mayRefuse = false

  /** An event as the version of today has it. */
  translate(event: Event): Event {
    const { type } = event
    if (type === `${OLDER}created`) {
      this.#older = 'unsure'
      this.#mayRefuse = true
    }
    if (!this.#older) return event
    const isUpdate = type === `${OLDER}updated` || type === 'session.updated'
    if (this.#older === 'unsure' && isUpdate)
      this.#older = type.startsWith(OLDER)
    return type.startsWith(OLDER)
      ? { ...event, type: `session.${type.slice(OLDER.length)}` }
      : event
  }

  /** Events that configure a session, without their ids. */
  updatesOf(config: Partial<SessionConfig>): object[] {
    const events: object[] = []
    if (this.#older !== true)
      events.push({
        type: 'session.update',
        session: { type: 'transcription', ...config },
      })
    if (this.#older)
      events.push({ type: `${OLDER}update`, session: olderFormOf(config) })
    return events
  }

  /** Whether an error may only say that one of the two forms is unknown. */
  excuses(): boolean {
    const excused = this.#mayRefuse
    this.#mayRefuse = false
    return excused
  }
}
