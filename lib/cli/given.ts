/** Only the members that are there: an absent option takes its default. */
export const given = <T extends object>(options: {
  [K in keyof T]: T[K] | undefined
}): T =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as T
