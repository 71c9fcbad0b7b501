import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { childProcessUsage } from '../io/child-process.ts'

/** From immediate answers to an hour of audio, in seconds. */
const BUCKETS = [0.01, 0.05, 0.25, 1, 5, 15, 60, 300, 1_800]

/** Prometheus metrics of a server. */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Counter({
    name: 'voxpipe_http_requests_total',
    help: 'Answers to HTTP requests',
    labelNames: ['method', 'route', 'status'],
    registers: [this.#registry],
  })
  readonly #seconds = new Histogram({
    name: 'voxpipe_http_request_duration_seconds',
    help: 'From the head of a request to the end of its answer',
    labelNames: ['route'],
    buckets: BUCKETS,
    registers: [this.#registry],
  })
  readonly #audio = new Counter({
    name: 'voxpipe_audio_seconds_total',
    help: 'Audio that was transcribed',
    labelNames: ['via'],
    registers: [this.#registry],
  })
  readonly #uploads = new Gauge({
    name: 'voxpipe_uploads',
    help: 'Uploads that are here now',
    labelNames: ['state'],
    registers: [this.#registry],
  })
  readonly #sessions = new Gauge({
    name: 'voxpipe_realtime_sessions',
    help: 'Realtime sessions that are open now',
    registers: [this.#registry],
  })
  readonly #opened = new Counter({
    name: 'voxpipe_realtime_sessions_total',
    help: 'Realtime sessions that were opened',
    registers: [this.#registry],
  })

  #openSessions = 0
  #openUploads = 0

  constructor() {
    this.#registry.registerMetric(
      new Gauge({
        name: 'process_resident_memory_bytes',
        help: 'Resident memory of the server and its engine',
        registers: [],
        collect() {
          this.set(process.memoryUsage.rss() + childProcessUsage().rss)
        },
      }),
    )
    for (const state of ['running', 'waiting']) this.#uploads.set({ state }, 0)
    for (const via of ['upload', 'realtime']) this.#audio.inc({ via }, 0)
  }

  get contentType(): string {
    return this.#registry.contentType
  }

  get active(): { readonly sessions: number; readonly uploads: number } {
    return { sessions: this.#openSessions, uploads: this.#openUploads }
  }

  sessionOpened(): void {
    this.#openSessions++
    this.#sessions.inc()
    this.#opened.inc()
  }

  sessionClosed(): void {
    this.#openSessions--
    this.#sessions.dec()
  }

  audio(via: 'upload' | 'realtime', seconds: number): void {
    this.#audio.inc({ via }, seconds)
  }

  /**
   * Counts a request.
   * @param route its pattern, of which there are few
   * @param status of the answer; 0 if the client disconnected before it
   */
  request(
    method: string,
    route: string,
    status: number,
    seconds: number,
  ): void {
    this.#requests.inc({ method, route, status })
    this.#seconds.observe({ route }, seconds)
  }

  uploads(running: number, waiting: number): void {
    this.#openUploads = running + waiting
    this.#uploads.set({ state: 'running' }, running)
    this.#uploads.set({ state: 'waiting' }, waiting)
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics()
  }
}
