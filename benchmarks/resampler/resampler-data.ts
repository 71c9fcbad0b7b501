/** A resampler between two rates. */
export type ResamplerRow = {
  readonly name: string
  readonly from: number
  readonly to: number
  /** Why it was not measured. */
  readonly absent?: string
  /** dB: least signal-to-error ratio, how far aliases are down, ripple. */
  readonly quality?: {
    readonly signalToError: number
    readonly aliases?: number
    readonly ripple: number
  }
  /** × real time, one channel; median of the runs. */
  readonly speed?: number
  readonly spread?: number
  /** Its speed to that of the reference, run by run; where that is there. */
  readonly ratio?: number
}

/** What the suite found out. */
export type ResamplerData = {
  /** Name of the row that the others are held against. */
  readonly reference: string
  readonly engines: readonly ResamplerRow[]
  /** Resampler and Chunker as stages, into nothing. */
  readonly stages: readonly {
    readonly engine: string
    readonly rate: number
    readonly channels: number
    readonly frames: number
    readonly speed: number
    readonly spread: number
  }[]
}
