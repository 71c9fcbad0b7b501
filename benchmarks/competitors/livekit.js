import { startLivekit } from './livekit-hear.js'

/**
 * The realtime speech-to-text plugin for OpenAI of LiveKit Agents, alone. It
 * is 290 MB, so it is not among what is installed with the benchmarks:
 *
 *     npm ci --prefix benchmarks/competitors/livekit --ignore-scripts
 *
 * @type {import('../../dist/benchmarks/competitors.js').FaultsStart}
 */
const start = () => startLivekit(makePlugin => makePlugin())

export default start
