import type { AccuracyData } from '../accuracy/data.ts'
import type { FaultsData } from '../faults/data.ts'
import type { LatencyData } from '../latency/data.ts'
import type { ResamplerData } from '../resampler/data.ts'
import type { SuiteName, SuiteResult } from '../suite.ts'
import type { ThroughputData } from '../throughput/data.ts'
import type { Exhibit } from './chart.ts'
import { clipTimelineChart } from './charts/clip-timeline.ts'
import { delayByPlaceChart } from './charts/delay-by-place.ts'
import { endingsChart } from './charts/endings.ts'
import { errorBarsChart } from './charts/error-bars.ts'
import { resamplersChart } from './charts/resamplers.ts'
import { speedsChart } from './charts/speeds.ts'
import { wordDelayCharts } from './charts/word-delays.ts'
import { faultsMarkup } from './faults-markup.ts'

type Maybe = Exhibit | undefined

const makers: Readonly<Record<SuiteName, (data: never) => readonly Maybe[]>> = {
  latency: (data: LatencyData) => [
    ...wordDelayCharts(data),
    delayByPlaceChart(data),
    clipTimelineChart(data),
    endingsChart(data),
  ],
  accuracy: (data: AccuracyData) => [errorBarsChart(data)],
  throughput: (data: ThroughputData) => [speedsChart(data)],
  resampler: (data: ResamplerData) => [resamplersChart(data)],
  faults: (data: FaultsData) => {
    const markup = faultsMarkup(data)
    return [markup && { markup }]
  },
}

/** What there is to show of a suite's data, in the order of its telling. */
export const exhibitsOf = ({ name, data }: SuiteResult): readonly Exhibit[] =>
  makers[name](data as never).filter(exhibit => exhibit !== undefined)
