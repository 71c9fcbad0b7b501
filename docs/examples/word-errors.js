import { textErrors } from 'voxpipe/bench'

const { errors, words } = textErrors(
  'Mr. Smith paid twenty-one dollars.',
  'Mister Smith paid $22.',
)
console.log(`${errors} of ${words} words are wrong`)
