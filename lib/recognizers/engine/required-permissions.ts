/** Flags of Node's permission model that the engine needs. */
export const REQUIRED_PERMISSIONS =
  '--allow-child-process --allow-worker --allow-addons and --allow-fs-read'
