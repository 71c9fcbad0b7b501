const here = name => new URL(name, import.meta.url).href

/**
 * What voxpipe is measured beside, where it is installed.
 *
 * @type {import('../../dist/benchmarks/competitors.js').Competitors}
 */
export const competitors = {
  latency: { sherpa: here('sherpa-live.js') },
  throughput: { sherpa: here('sherpa-files.js') },
  resampler: {
    'libsamplerate medium': here('libsamplerate-medium.js'),
    'libsamplerate best': here('libsamplerate-best.js'),
  },
  faults: {
    livekit: here('livekit.js'),
    'livekit FallbackAdapter': here('livekit-fallback.js'),
  },
}
