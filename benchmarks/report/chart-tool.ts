import { createRequire } from 'node:module'
import type * as Plot from '@observablehq/plot'

/** What draws charts, where it is installed. */
export type ChartTool = {
  /** Makes marks. */
  readonly marks: typeof Plot
  /** Draws marks: an `<svg>` element that needs nothing of outside. */
  readonly draw: (options: Plot.PlotOptions) => string
}

/** What is to be installed beside this package to get charts. */
export const chartPackages = [
  '@observablehq/plot',
  '@mixmark-io/domino',
] as const

/** As much of a DOM's element as is needed here. */
type Drawn = {
  readonly outerHTML: string
  readonly attributes: ArrayLike<{ name: string; value: string }>
  querySelectorAll(selector: string): ArrayLike<Drawn>
  setAttribute(name: string, value: string): void
  remove(): void
}

/** Attributes that tell places; a hundredth of a pixel is plenty. */
const places = /^(c?[xy][12]?|r|d|width|height|points|transform)$/

const tidy = (svg: Drawn): string => {
  // The page's own style is for all of them.
  for (const style of Array.from(svg.querySelectorAll('style'))) style.remove()
  for (const element of Array.from(svg.querySelectorAll('*')))
    for (const { name, value } of Array.from(element.attributes))
      if (places.test(name))
        element.setAttribute(name, value.replaceAll(/(\.\d\d)\d+/g, '$1'))
  return svg.outerHTML.replaceAll(/[^\P{Cc}\t\n]/gu, '\ufffd')
}

/**
 * Loads what draws charts: Observable Plot, and a DOM for it to draw in.
 *
 * @returns undefined where {@link chartPackages} are not installed, or cannot
 *   be loaded
 */
export const loadChartTool = async (): Promise<ChartTool | undefined> => {
  try {
    const marks = await import('@observablehq/plot')
    const require = createRequire(import.meta.url)
    const dom = require('@mixmark-io/domino') as {
      createDocument(): NonNullable<Plot.PlotOptions['document']>
    }
    const document = dom.createDocument()
    return {
      marks,
      draw: options => tidy(marks.plot({ ...options, document })),
    }
  } catch {
    return undefined
  }
}
