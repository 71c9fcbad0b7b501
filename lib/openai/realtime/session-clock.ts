type Segment = {
  /** Sample of the session's audio. */
  readonly session: number
  /** Sample of the source that it is. */
  readonly source: number
  /** Sample of the source at which it ends: what follows was added. */
  limit: number
}

/** Which sample of the source a sample of a session's audio is. */
export class SessionClock {
  readonly #segments: Segment[] = []

  /** From this sample of the session on, it is the source from here on. */
  start(session: number, source: number): void {
    this.#segments.push({ session, source, limit: Infinity })
  }

  /** The source ends at a sample; what follows in the session is none of it. */
  stop(limit: number): void {
    const last = this.#segments.at(-1)
    if (last) last.limit = limit
  }

  /** Place in the source of a sample of the session. */
  toSource(session: number): number {
    const segment =
      this.#segments.findLast(one => one.session <= session) ??
      this.#segments[0]
    if (!segment) return 0
    const { source, limit } = segment
    return Math.max(source, Math.min(limit, source + session - segment.session))
  }
}
