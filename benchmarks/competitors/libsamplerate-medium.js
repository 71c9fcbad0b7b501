import { libsamplerate } from './libsamplerate.js'

export default libsamplerate('SRC_SINC_MEDIUM_QUALITY')
