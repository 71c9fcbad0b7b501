import { checkNumber, checkOneOf } from '../../core/options.ts'
import type { Toxic } from './toxic.ts'

/** The attributes of each type, with their least values. */
const attributes: Record<
  Toxic['type'],
  { required: Record<string, number>; optional?: Record<string, number> }
> = {
  latency: { required: { latency: 0 }, optional: { jitter: 0 } },
  bandwidth: { required: { rate: 0.001 } },
  timeout: { required: { timeout: 0 } },
  reset_peer: { required: { timeout: 0 } },
  limit_data: { required: { bytes: 0 } },
  slicer: {
    required: { average_size: 1 },
    optional: { size_variation: 0, delay: 0 },
  },
}

/** @throws OptionError */
export const checkToxic = (toxic: Toxic): void => {
  checkOneOf('toxic.type', toxic.type, Object.keys(attributes))
  if (toxic.stream !== undefined)
    checkOneOf('toxic.stream', toxic.stream, ['downstream', 'upstream'])
  const { required, optional = {} } = attributes[toxic.type]
  const given = toxic as Readonly<Record<string, unknown>>
  for (const [name, least] of Object.entries(required))
    checkNumber(`toxic.${name}`, given[name], least)
  for (const [name, least] of Object.entries(optional))
    if (given[name] !== undefined)
      checkNumber(`toxic.${name}`, given[name], least)
}
