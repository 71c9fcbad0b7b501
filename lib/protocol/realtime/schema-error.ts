import type { z } from 'zod'
import { type ServiceErrorBody, invalidRequest } from '../service-error.ts'

type Issue = z.core.$ZodIssue

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map(String).join('.')

const errorOf = (
  issue: Issue,
  at: (path: string[]) => unknown,
  root: readonly string[],
): ServiceErrorBody => {
  const param = pathOf([...root, ...issue.path])
  const keys = issue.path.map(String)
  switch (issue.code) {
    case 'unrecognized_keys': {
      const unknown = pathOf([...root, ...issue.path, issue.keys[0]!])
      return invalidRequest(
        'unknown_parameter',
        `Unknown parameter: '${unknown}'.`,
        unknown,
      )
    }
    case 'too_small':
      if (issue.origin === 'array') break
      return invalidRequest(
        'integer_below_min_value',
        `Invalid '${param}': integer below minimum value. Expected a value >= ${issue.minimum}, but got ${String(at(keys))} instead.`,
        param,
      )
    case 'too_big':
      return invalidRequest(
        'integer_above_max_value',
        `Invalid '${param}': integer above maximum value. Expected a value <= ${issue.maximum}, but got ${String(at(keys))} instead.`,
        param,
      )
    case 'invalid_type':
    case 'invalid_value':
    case 'invalid_union':
      if (at(keys) === undefined)
        return invalidRequest(
          'missing_required_parameter',
          `Missing required parameter: '${param}'.`,
          param,
        )
  }
  const values =
    'values' in issue ? issue.values.map(v => `'${String(v)}'`) : []
  const supported =
    values.length > 0 ? ` Supported values are: ${values.join(', ')}.` : ''
  return invalidRequest(
    issue.code === 'invalid_type' ? 'invalid_type' : 'invalid_value',
    `Invalid value for '${param}'.${supported}`,
    param,
  )
}

const reach = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  )

/**
 * What the service says of a value that has the wrong form: the first thing
 * that is wrong with it.
 *
 * @param root where the value stands, in names of parameters
 */
export const schemaError = (
  { issues }: z.core.$ZodError,
  value: unknown,
  root: readonly string[],
): ServiceErrorBody => errorOf(issues[0]!, path => reach(value, path), root)
