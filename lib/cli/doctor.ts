import { access, constants, stat } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { VoxpipeError } from '../index.ts'
import { ffmpegVersion, findFfmpeg, findRecorder } from '../audio/index.ts'
import { openaiClient } from '../openai/index.ts'
import { listModels, type ModelInfo } from '../recognizers/index.ts'
import type { CommandContext } from './reporter.ts'
import { exitCode, type ExitCode } from './cli-error.ts'
import { describeState } from './models.ts'
import { StandardOutput } from './destination.ts'
import type { Terminal } from './terminal.ts'

/** `note`: something optional is missing; `FAIL`: nothing will work. */
type CheckResult = {
  readonly level: 'ok' | 'note' | 'FAIL'
  readonly text: string
}

const ok = (text: string): CheckResult => ({ level: 'ok', text })
const note = (text: string): CheckResult => ({ level: 'note', text })
const fail = (text: string): CheckResult => ({ level: 'FAIL', text })

const node = (): CheckResult => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const found = `Node ${process.versions.node}, ${process.platform} ${process.arch}`
  const oldest: Record<number, number> = { 20: 19, 21: Infinity, 22: 12 }
  return major >= 20 && minor >= (oldest[major] ?? 0)
    ? ok(found)
    : fail(`${found}; voxpipe needs 20.19 or a later 20, or 22.12 or newer`)
}

const machine = (): CheckResult =>
  ok(
    `${availableParallelism()} cores, ${(totalmem() / 1e9).toFixed(0)} GB of memory`,
  )

const engine = async (): Promise<CheckResult> => {
  try {
    const { env } = await import('onnxruntime-node')
    return ok(
      `onnxruntime ${env.versions.node ?? ''}; the engine supports English only`,
    )
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ERR_MODULE_NOT_FOUND' ? 'not installed' : message
    return fail(
      `onnxruntime-node: ${why}; run 'ONNXRUNTIME_NODE_INSTALL=skip npm i onnxruntime-node@1.30'`,
    )
  }
}

type Env = Terminal['env']

const ffmpeg = async (env: Env): Promise<CheckResult> => {
  const path = findFfmpeg(env)
  const version = path && (await ffmpegVersion(path).catch(() => undefined))
  if (path && version) return ok(`ffmpeg ${version} (${path})`)
  const why = path ? `${path} does not run` : 'not found'
  return note(
    `ffmpeg: ${why}; only M4A, MP4 and video need it: install it, or set VOXPIPE_FFMPEG to its path`,
  )
}

const recorder = (env: Env): CheckResult => {
  const found = findRecorder({ env })
  return found
    ? ok(`microphone: ${found.name} (${found.path})`)
    : note(
        "microphone: no program can record; only 'voxpipe mic' needs one: install arecord or ffmpeg",
      )
}

/** Reports whether there is a key, but never the key. */
const openai = async (env: Env): Promise<CheckResult> => {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: base } = env
  try {
    const { baseURL } = await openaiClient({ env })
    const has = key?.trim() ? 'key: set' : 'key: not set and not needed'
    return ok(`OpenAI ${has} (${baseURL})`)
  } catch (error) {
    const { code, message } = error as VoxpipeError
    const isMissing = code === 'VOX_KEY_MISSING' && !key?.trim() && !base
    const why = isMissing ? 'not set; set OPENAI_API_KEY' : message
    return note(`OpenAI key: ${why}; only --engine openai needs one`)
  }
}

/** Returns whether a folder is writable, or can be made. */
const writable = async (dir: string): Promise<boolean> => {
  try {
    if (!(await stat(dir)).isDirectory()) return false
    await access(dir, constants.W_OK)
    return true
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
    return missing && writable(dirname(dir))
  }
}

const model = async (info: ModelInfo): Promise<CheckResult> => {
  const text = `${info.name}: ${describeState(info)}`
  if (info.state === 'ready') return ok(text)
  if (await writable(info.dir)) return note(text)
  const cure = `${info.dir} cannot be written; make it writable, or set XDG_CACHE_HOME`
  // The default recogniser and the detector fail; others are optional.
  return info.aliases.includes('base')
    ? note(`${text}; ${cure}`)
    : fail(`${text}; ${cure}`)
}

const models = async (modelDir: string | undefined): Promise<CheckResult[]> => {
  try {
    return await Promise.all((await listModels({ modelDir })).map(model))
  } catch (error) {
    return [fail((error as Error).message)]
  }
}

/** Checks what voxpipe needs of this machine, and how to fix it. */
export const doctor = async (
  { modelDir }: { readonly modelDir?: string },
  context: CommandContext,
): Promise<ExitCode> => {
  const { env } = context.terminal
  const findings = [
    node(),
    machine(),
    await engine(),
    await ffmpeg(env),
    recorder(env),
    await openai(env),
    ...(await models(modelDir)),
  ]
  const lines = findings.map(
    ({ level, text }) => `${level.padEnd(5)} ${text}\n`,
  )
  await new StandardOutput(context).write(lines.join(''))
  const failed = findings.some(({ level }) => level === 'FAIL')
  return failed ? exitCode.failed : exitCode.ok
}
