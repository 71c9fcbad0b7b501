import { libsamplerate } from './libsamplerate.js'

export default libsamplerate('SRC_SINC_BEST_QUALITY')
