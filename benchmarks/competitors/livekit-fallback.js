import { startLivekit } from './livekit-hear.js'

/**
 * The same plugin twice, in LiveKit's own `FallbackAdapter`: what it has for
 * services that fail.
 *
 * @type {import('../../dist/benchmarks/competitors.js').FaultsStart}
 */
const start = () =>
  startLivekit(
    (makePlugin, { stt }) =>
      new stt.FallbackAdapter({ sttInstances: [makePlugin(), makePlugin()] }),
  )

export default start
