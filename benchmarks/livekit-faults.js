import { startLivekit } from './_util/livekit-hear.js'

/**
 * The realtime speech-to-text plugin for OpenAI of LiveKit Agents, alone. It
 * is 290 MB, so it is not among what is installed with the benchmarks:
 *
 *     npm ci --prefix benchmarks/livekit --ignore-scripts
 *
 * @type {import('../lib/bench/competitors.ts').FaultsStart}
 */
const start = () => startLivekit(makePlugin => makePlugin())

export default start
