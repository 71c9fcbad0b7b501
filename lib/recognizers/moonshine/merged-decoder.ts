import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire'

/** Field numbers of onnx.proto (github.com/onnx/onnx). */
const MODEL_GRAPH = 7
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 }
const NODE = { input: 1, output: 2, type: 4, attribute: 5 }
const ATTRIBUTE = { name: 1, graph: 6 }
const NAME = 1 // of a ValueInfoProto
const TENSOR_NAME = 8
const FLOAT = 1
const BYTES = WireType.LengthDelimited
const VARINT = WireType.Varint

type Field = {
  readonly number: number
  /** Content of a length-delimited field. */
  readonly value: Uint8Array
  /** The field with its tag. */
  readonly raw: Uint8Array
}

const text = new TextDecoder()

const fieldsOf = (message: Uint8Array): Field[] => {
  const reader = new BinaryReader(message)
  const fields: Field[] = []
  while (reader.pos < reader.len) {
    const start = reader.pos
    const [number, wireType] = reader.tag()
    const value = wireType === BYTES ? reader.bytes() : reader.skip(wireType)
    fields.push({ number, value, raw: message.subarray(start, reader.pos) })
  }
  return fields
}

const all = (fields: readonly Field[], number: number): Field[] =>
  fields.filter(field => field.number === number)

const one = (fields: readonly Field[], number: number): Uint8Array => {
  const field = fields.find(field => field.number === number)
  if (!field) throw new Error(`no field ${number}: not the model it should be`)
  return field.value
}

const nameIn = (message: Uint8Array, number: number): string =>
  text.decode(one(fieldsOf(message), number))

/** Returns a node with another input, as a field of a graph. */
const withInput = (node: readonly Field[], name: string): Uint8Array => {
  const content = new BinaryWriter().tag(NODE.input, BYTES).string(name)
  for (const { number, raw } of node)
    if (number !== NODE.input) content.raw(raw)
  const bytes = content.finish()
  return new BinaryWriter().tag(GRAPH.node, BYTES).bytes(bytes).finish()
}

/** Returns a graph's output: a tensor of floats of any shape. */
const floatOutput = (name: string): Uint8Array => {
  const tensor = new BinaryWriter().tag(1, VARINT).int32(FLOAT).finish()
  const type = new BinaryWriter().tag(1, BYTES).bytes(tensor).finish()
  return new BinaryWriter()
    .tag(NAME, BYTES)
    .string(name)
    .tag(2, BYTES)
    .bytes(type)
    .finish()
}

/**
 * Splits a decoder that Optimum exported: one file whose graph is one `If` with
 * two branches, for the first token and for those that have a cache. Unsplit,
 * each step copies the encoder's keys and values, and the attention is not
 * accessible. The parts contain only the nodes that their outputs need.
 */
export class MergedDecoder {
  readonly #model: Field[]
  readonly #graph: Field[]
  readonly #branches = new Map<string, Field[]>()

  constructor(file: Uint8Array) {
    this.#model = fieldsOf(file)
    this.#graph = fieldsOf(one(this.#model, MODEL_GRAPH))
    const choice = fieldsOf(one(this.#graph, GRAPH.node))
    for (const { value } of all(choice, NODE.attribute)) {
      const attribute = fieldsOf(value)
      const name = text.decode(one(attribute, ATTRIBUTE.name))
      this.#branches.set(name, fieldsOf(one(attribute, ATTRIBUTE.graph)))
    }
  }

  /**
   * Returns a model of one branch that computes some of its tensors.
   *
   * @param branch `then_branch` has a cache, `else_branch` has none
   * @param outputs names of the tensors
   * @param shaped name of a tensor whose shape replaces that of others, which
   *   then need not be computed
   */
  extract(
    branch: string,
    outputs: readonly string[],
    shaped?: string,
  ): Uint8Array {
    const content = this.#branches.get(branch)
    if (!content) throw new Error(`the decoder has no ${branch}`)
    const needed = new Set(outputs)
    const nodes: Uint8Array[] = []
    // Nodes come after those whose results they use.
    for (const field of all(content, GRAPH.node).toReversed()) {
      const node = fieldsOf(field.value)
      const names = (number: number): string[] =>
        all(node, number).map(({ value }) => text.decode(value))
      if (!names(NODE.output).some(name => needed.has(name))) continue
      const isShape = names(NODE.type)[0] === 'Shape'
      if (isShape && shaped !== undefined) {
        nodes.push(withInput(node, shaped))
        needed.add(shaped)
      } else {
        nodes.push(field.raw)
        for (const name of names(NODE.input)) needed.add(name)
      }
    }
    const graph = nodes.toReversed()
    graph.push(
      new BinaryWriter().tag(GRAPH.name, BYTES).string(branch).finish(),
    )
    for (const fields of [this.#graph, content])
      for (const { value, raw } of all(fields, GRAPH.initializer))
        if (needed.has(nameIn(value, TENSOR_NAME))) graph.push(raw)
    for (const { value, raw } of all(this.#graph, GRAPH.input))
      if (needed.has(nameIn(value, NAME))) graph.push(raw)
    for (const name of outputs)
      graph.push(
        new BinaryWriter()
          .tag(GRAPH.output, BYTES)
          .bytes(floatOutput(name))
          .finish(),
      )
    return this.#modelWith(graph)
  }

  /** Returns the model with another graph; copies its weights only once. */
  #modelWith(graph: readonly Uint8Array[]): Uint8Array {
    const length = graph.reduce((sum, { length }) => sum + length, 0)
    const head = new BinaryWriter().tag(MODEL_GRAPH, BYTES).uint32(length)
    return Buffer.concat(
      this.#model.flatMap(({ number, raw }) =>
        number === MODEL_GRAPH ? [head.finish(), ...graph] : [raw],
      ),
    )
  }
}
