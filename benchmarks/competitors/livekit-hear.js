import dns from 'node:dns'
import { createRequire } from 'node:module'

const from = createRequire(new URL('./livekit/package.json', import.meta.url))
const SERVICE = 'api.openai.com'
const RATE = 24_000

/** The packages; undefined where they are not installed. */
const load = () => {
  try {
    return {
      ...from('@livekit/agents'),
      ...from('@livekit/rtc-node'),
      OpenAISTT: from('@livekit/agents-plugin-openai').STT,
    }
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/**
 * The plugin names a model in the URL of every host but this one, and OpenAI's
 * service refuses that of a session that transcribes. So the server of the
 * benchmark goes by this name, in this process.
 */
const takeNameOfService = () => {
  const { lookup } = dns
  dns.lookup = (host, ...rest) =>
    lookup(host === SERVICE ? '127.0.0.1' : host, ...rest)
}

/**
 * Hears numbered audio through the speech-to-text plugin, with its own
 * defaults and turns that the server finds.
 *
 * @param makeSTT makes an STT of a function that makes the plugin's, and of
 *   all that the packages export
 * @returns {Promise<import('../../dist/benchmarks/competitors.js').FaultsEngine |
 *   undefined>} undefined where it is not installed
 */
export const startLivekit = async makeSTT => {
  const livekit = load()
  if (!livekit) return undefined
  livekit.initializeLogger({ pretty: false, level: 'silent' })
  takeNameOfService()
  const { AudioFrame, OpenAISTT, stt } = livekit
  return {
    pings: false,
    async transcribe({ baseURL, frames, signal, onFinal, onReport }) {
      const url = new URL(baseURL)
      url.hostname = SERVICE
      const makePlugin = () =>
        new OpenAISTT({
          apiKey: 'sk-none',
          baseURL: url.href,
          model: 'gpt-transcribe',
        })
      const engine = makeSTT(makePlugin, livekit)
      let failed = false
      engine.on('error', ({ recoverable }) => {
        failed ||= !recoverable
        onReport()
      })
      const stream = engine.stream()
      signal.addEventListener('abort', () => stream.close(), { once: true })
      const say = async () => {
        for await (const bytes of frames) {
          // It sends all of the buffer that a frame lies in.
          const samples = new Int16Array(bytes.slice().buffer)
          if (stream.input.closed) {
            failed = true // it would throw
            return onReport()
          }
          stream.pushFrame(new AudioFrame(samples, RATE, 1, samples.length))
        }
        if (!stream.input.closed) stream.endInput()
      }
      const said = say()
      for await (const { type, alternatives } of stream)
        if (type === stt.SpeechEventType.FINAL_TRANSCRIPT)
          onFinal(alternatives[0].text)
      await said
      stream.close()
      await engine.close()
      return { gaps: [], failed }
    },
    close: async () => {},
  }
}
