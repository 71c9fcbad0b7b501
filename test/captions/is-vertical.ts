import t from 'tap'
import {
  isVertical,
  captionProfiles,
  defaultProfile,
} from '../../lib/captions/profiles.ts'

t.test('recognises the profile for upright pictures', async t => {
  const upright = Object.entries(captionProfiles).filter(([, profile]) =>
    isVertical(profile),
  )
  t.strictSame(
    upright.map(([name]) => name),
    ['vertical'],
  )
  t.notOk(isVertical(defaultProfile))
})
