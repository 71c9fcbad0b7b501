import { widthOf } from './chart.ts'

/** A dot, in px. */
export type Spot = { readonly x: number; readonly y: number }

/** Where a dot's label stands: its middle left or right, from the dot. */
export type Placed = {
  readonly dx: number
  readonly dy: number
  readonly textAnchor: 'start' | 'end'
}

type Box = { left: number; right: number; top: number; bottom: number }

const HEIGHT = 14
const GAP = 8
/** Rows above and below the dot's own that a label may go to, nearest first. */
const SHIFTS = [0, -12, 12, -16, 16, -20, 20, -26, 26, -34, 34, -48, 48]

/** How much of two boxes is the same, in px². */
const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
  Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top))

/**
 * Puts labels beside their dots so that none lies on another, on a dot, or
 * outside; where there is no such place, the one with the least of that.
 */
export const placeLabels = (
  spots: readonly (Spot & { readonly label: string })[],
  { width, height }: { readonly width: number; readonly height: number },
): Placed[] => {
  const taken: Box[] = spots.map(({ x, y }) => ({
    left: x - 6,
    right: x + 6,
    top: y - 6,
    bottom: y + 6,
  }))
  return spots.map(({ x, y, label }, i) => {
    const wide = widthOf(label)
    const choices = SHIFTS.flatMap(dy =>
      (['start', 'end'] as const).map(textAnchor => {
        const dx = textAnchor === 'start' ? GAP : -GAP
        const left = textAnchor === 'start' ? x + dx : x + dx - wide
        const top = y + dy - HEIGHT / 2
        const box = { left, right: left + wide, top, bottom: top + HEIGHT }
        const outside =
          Math.max(0, -left, box.right - width) * HEIGHT +
          Math.max(0, -top, box.bottom - height) * wide
        const hidden = taken
          .filter((_, other) => other !== i)
          .reduce((sum, other) => sum + overlap(box, other), outside)
        return { dx, dy, textAnchor, box, cost: hidden + Math.abs(dy) / 100 }
      }),
    )
    const { box, dx, dy, textAnchor } = choices.reduce((best, choice) =>
      choice.cost < best.cost ? choice : best,
    )
    taken.push(box)
    return { dx, dy, textAnchor }
  })
}
