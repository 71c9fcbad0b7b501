import t from 'tap'
import {
  isUpright,
  captionProfiles,
  plainProfile,
} from '../../lib/captions/profiles.ts'

t.test('one of the profiles is for upright pictures', async t => {
  const upright = Object.entries(captionProfiles).filter(([, profile]) =>
    isUpright(profile),
  )
  t.strictSame(
    upright.map(([name]) => name),
    ['vertical'],
  )
  t.notOk(isUpright(plainProfile))
})
