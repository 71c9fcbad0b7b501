import fc from 'fast-check'
import t from 'tap'
import { widthOf } from '../../../../benchmarks/report/chart.ts'
import { placeLabels } from '../../../../benchmarks/report/charts/resamplers.ts'

const room = { width: 400, height: 200 }

t.test('labels stand beside their dots, in the room', async t => {
  t.same(placeLabels([{ x: 50, y: 50, label: 'one' }], room), [
    { dx: 8, dy: 0, textAnchor: 'start' },
  ])
  t.same(placeLabels([{ x: 395, y: 50, label: 'right edge' }], room), [
    { dx: -8, dy: 0, textAnchor: 'end' },
  ])
})

t.test('labels of dots that are not too close keep apart', async () => {
  const dot = fc.record({
    x: fc.integer({ min: 0, max: 400 }),
    y: fc.integer({ min: 10, max: 190 }),
  })
  fc.assert(
    fc.property(fc.array(dot, { maxLength: 4 }), dots => {
      const spots = dots.map(spot => ({ ...spot, label: 'a label' }))
      const boxes = placeLabels(spots, room).map(
        ({ dx, dy, textAnchor }, i) => {
          const { x, y, label } = spots[i]!
          const left = textAnchor === 'start' ? x + dx : x + dx - widthOf(label)
          return { left, right: left + widthOf(label), middle: y + dy }
        },
      )
      for (const [i, a] of boxes.entries())
        for (const b of boxes.slice(i + 1))
          if (
            Math.min(a.right, b.right) > Math.max(a.left, b.left) &&
            Math.abs(a.middle - b.middle) < 12
          )
            return false
      return true
    }),
    { numRuns: 300 },
  )
})
