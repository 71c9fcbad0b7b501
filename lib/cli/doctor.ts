import { access, constants, stat } from 'node:fs/promises'
import { availableParallelism, totalmem } from 'node:os'
import { dirname } from 'node:path'
import {
  ffmpegVersion,
  findFfmpeg,
  findRecorder,
  listModels,
  openaiClient,
  type ModelInfo,
  type VoxpipeError,
} from '../index.ts'
import type { CommandContext } from './command-context.ts'
import { exitCode, type ExitCode } from './exit-code.ts'
import { stateOf } from './models.ts'
import { StandardOutput } from './standard-output.ts'
import type { Terminal } from './terminal.ts'

/** `note`: something is less than it could be; `FAIL`: nothing will work. */
type Finding = {
  readonly level: 'ok' | 'note' | 'FAIL'
  readonly text: string
}

const ok = (text: string): Finding => ({ level: 'ok', text })
const note = (text: string): Finding => ({ level: 'note', text })
const fail = (text: string): Finding => ({ level: 'FAIL', text })

const node = (): Finding => {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const found = `Node ${process.versions.node}, ${process.platform} ${process.arch}`
  const oldest: Record<number, number> = { 20: 19, 21: Infinity, 22: 12 }
  return major >= 20 && minor >= (oldest[major] ?? 0)
    ? ok(found)
    : fail(`${found}; voxpipe needs 20.19 or a later 20, or 22.12 or newer`)
}

const machine = (): Finding =>
  ok(
    `${availableParallelism()} cores, ${(totalmem() / 1e9).toFixed(0)} GB of memory`,
  )

const engine = async (): Promise<Finding> => {
  try {
    const { env } = await import('onnxruntime-node')
    return ok(
      `onnxruntime ${env.versions.node ?? ''}; the engine knows English only`,
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

const ffmpeg = async (env: Env): Promise<Finding> => {
  const path = findFfmpeg(env)
  const version = path && (await ffmpegVersion(path).catch(() => undefined))
  if (path && version) return ok(`ffmpeg ${version} (${path})`)
  const why = path ? `${path} does not run` : 'not found'
  return note(
    `ffmpeg: ${why}; needed for M4A, MP4 and video only: install it, or set VOXPIPE_FFMPEG to its path`,
  )
}

const recorder = (env: Env): Finding => {
  const found = findRecorder({ env })
  return found
    ? ok(`microphone: ${found.name} (${found.path})`)
    : note(
        "microphone: nothing to record with; needed for 'voxpipe mic' only: install arecord or ffmpeg",
      )
}

/** Whether there is a key, never which. */
const openai = async (env: Env): Promise<Finding> => {
  const { OPENAI_API_KEY: key, OPENAI_BASE_URL: base } = env
  try {
    const { baseURL } = await openaiClient({ env })
    const has = key?.trim() ? 'key: yes' : 'key: no, and none is needed'
    return ok(`OpenAI ${has} (${baseURL})`)
  } catch (error) {
    const { code, message } = error as VoxpipeError
    const isMissing = code === 'VOX_KEY_MISSING' && !key?.trim() && !base
    const why = isMissing ? 'no; set OPENAI_API_KEY' : message
    return note(`OpenAI key: ${why}; needed for --engine openai only`)
  }
}

/** Whether a folder can be written to, or made where it is missing. */
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

const model = async (info: ModelInfo): Promise<Finding> => {
  const text = `${info.name}: ${stateOf(info)}`
  if (info.state === 'ready') return ok(text)
  if (await writable(info.dir)) return note(text)
  const cure = `${info.dir} cannot be written; make it writable, or set XDG_CACHE_HOME`
  // The default recogniser and the detector; another is there for the asking.
  return info.aliases.includes('base')
    ? note(`${text}; ${cure}`)
    : fail(`${text}; ${cure}`)
}

const models = async (modelDir: string | undefined): Promise<Finding[]> => {
  try {
    return await Promise.all((await listModels({ modelDir })).map(model))
  } catch (error) {
    return [fail((error as Error).message)]
  }
}

/** Tells what of this machine matters for the work, and what to do about it. */
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
