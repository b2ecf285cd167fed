import { keyText, peerIdText, shortHexText, shortText } from './byte-text.ts'
import { walkMultiaddr } from './multiaddr-walker.ts'
import type { WireNode, WireNodeKind } from './wire-node.ts'
import {
  dhtMessage,
  enumNames,
  type FieldSchema,
  type MessageSchema,
  recordValueSchema,
} from './wire-schema.ts'

export interface WalkOptions {
  /** The input begins with the message's length, as on a stream. Default false. */
  isFramed?: boolean
}

const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5
/** Nodes made of one message; an honest reply has about 300. */
const MAX_NODES = 20_000
const MAX_VARINT_BYTES = 10

/**
 * The tree of a DHT message with the byte range of every field, for the view
 * of its bytes. Never throws: of damaged input it gives the part that can be
 * read and an `error` node over the rest.
 */
export function walkMessage(bytes: Uint8Array, options: WalkOptions = {}): WireNode {
  const walk: Walk = { bytes, nodesLeft: MAX_NODES }
  const root = container(dhtMessage.name, 'message', 0, bytes.length)
  const bodyStart = options.isFramed === true ? readLength(walk, root) : 0
  if (bodyStart !== undefined) walkFields(walk, dhtMessage, root, bodyStart)
  const type = root.children.find(({ number }) => number === 1)
  root.value = type?.value ?? (bytes.length === 0 ? '' : 'PUT_VALUE')
  return root
}

interface Walk {
  readonly bytes: Uint8Array
  nodesLeft: number
}

/** A field's tag, and where its value lies. */
interface FieldPlace {
  number: number
  wireType: number
  start: number
  valueStart: number
  valueEnd: number
}

function container(name: string, kind: WireNodeKind, start: number, end: number): WireNode {
  return { name, kind, start, end, valueStart: start, valueEnd: end, value: '', children: [] }
}

function readLength(walk: Walk, root: WireNode): number | undefined {
  const length = readVarint(walk.bytes, 0, walk.bytes.length)
  if (length === undefined) {
    root.children.push(errorNode(0, root.end, 'The length before the message cannot be read.'))
    return undefined
  }
  const node = container('length', 'length', 0, length.end)
  root.children.push({ ...node, value: `${length.value} bytes` })
  return length.end
}

/** Reads fields into `parent` until its value ends or something cannot be read. */
function walkFields(walk: Walk, schema: MessageSchema, parent: WireNode, from = parent.valueStart): void {
  const counts = new Map<number, number>()
  let at = from
  while (at < parent.valueEnd) {
    if (walk.nodesLeft-- <= 0) {
      parent.children.push(errorNode(at, parent.valueEnd, 'The message has too many fields to show.'))
      return
    }
    const place = readField(walk.bytes, at, parent.valueEnd)
    if (typeof place === 'string') {
      parent.children.push(errorNode(at, parent.valueEnd, place))
      return
    }
    const index = counts.get(place.number) ?? 0
    counts.set(place.number, index + 1)
    parent.children.push(fieldNode(walk, schema, place, index, parent))
    at = place.valueEnd
  }
}

/** Where the next field lies, or why it cannot be read. */
function readField(bytes: Uint8Array, start: number, limit: number): FieldPlace | string {
  const tag = readVarint(bytes, start, limit)
  if (tag === undefined) return 'The tag of the field is cut off.'
  const number = Number(tag.value >> 3n)
  const wireType = Number(tag.value & 7n)
  if (number === 0 || tag.value > 0xffffffffn) return 'The tag names no field.'
  const value = readValue(bytes, tag.end, limit, wireType)
  return typeof value === 'string' ? value : { number, wireType, start, ...value }
}

type ValuePlace = Pick<FieldPlace, 'valueStart' | 'valueEnd'>

function readValue(bytes: Uint8Array, at: number, limit: number, wireType: number): ValuePlace | string {
  if (wireType === FIXED64 || wireType === FIXED32) {
    const valueEnd = at + (wireType === FIXED64 ? 8 : 4)
    return valueEnd <= limit ? { valueStart: at, valueEnd } : 'The value is cut off.'
  }
  if (wireType !== VARINT && wireType !== BYTES) return `Wire type ${wireType} is not used in this protocol.`
  const varint = readVarint(bytes, at, limit)
  if (varint === undefined) return 'The value is cut off.'
  if (wireType === VARINT) return { valueStart: at, valueEnd: varint.end }
  const valueEnd = varint.end + Number(varint.value)
  if (valueEnd > limit) return `The value is to take ${varint.value} bytes; ${limit - varint.end} are left.`
  return { valueStart: varint.end, valueEnd }
}

function fieldNode(
  walk: Walk,
  schema: MessageSchema,
  place: FieldPlace,
  index: number,
  parent: WireNode,
): WireNode {
  const field = schema.fields[place.number]
  const { number, wireType, start, valueStart, valueEnd } = place
  const base = { number, wireType, start, end: valueEnd, valueStart, valueEnd, children: [] }
  if (field === undefined || wireType !== expectedWireType(field)) {
    const name = field === undefined ? `field ${number}` : field.name
    return { ...base, name, kind: 'unknown', value: rawText(walk.bytes, place) }
  }
  const name = field.isRepeated === true ? `${field.name}[${index}]` : field.name
  const node: WireNode = { ...base, name, kind: 'field', value: '' }
  fill(walk, node, withValueSchema(schema, field, parent))
  return node
}

/** A record's value is read as what its key, when it came before, says it is. */
function withValueSchema(schema: MessageSchema, field: FieldSchema, parent: WireNode): FieldSchema {
  if (schema.name !== 'Record' || field.name !== 'value') return field
  const key = parent.children.find(({ number }) => number === 1)?.value ?? ''
  const nested = recordValueSchema(key)
  return nested === undefined ? field : { ...field, kind: 'message', nested }
}

function fill(walk: Walk, node: WireNode, field: FieldSchema): void {
  const bytes = walk.bytes.subarray(node.valueStart, node.valueEnd)
  if (field.kind === 'message' && field.nested !== undefined) {
    node.kind = 'message'
    walkFields(walk, field.nested, node)
    node.value = summary(node, field.nested)
  } else if (field.kind === 'multiaddr') {
    const { text, components } = walkMultiaddr(bytes, node.valueStart)
    walk.nodesLeft -= components.length
    Object.assign(node, { kind: 'multiaddr', value: text, children: components })
  } else {
    node.value = valueText(walk.bytes, node, field)
  }
}

/** What stands beside the name of a nested message: the text of its first field. */
function summary(node: WireNode, schema: MessageSchema): string {
  const first = node.children[0]
  if (first === undefined) return `empty ${schema.name}`
  return first.kind === 'error' ? schema.name : first.value
}

function valueText(bytes: Uint8Array, node: WireNode, field: FieldSchema): string {
  const value = bytes.subarray(node.valueStart, node.valueEnd)
  switch (field.kind) {
    case 'key':
      return keyText(value)
    case 'peer-id':
      return peerIdText(value)
    case 'text':
      return shortText(value)
    case 'payload-type':
      return value.length === 2 && value[0] === 3 && value[1] === 1
        ? 'libp2p-peer-record'
        : shortHexText(value)
    case 'bytes':
      return shortHexText(value)
    default:
      return numberText(field, readVarint(bytes, node.valueStart, node.valueEnd)?.value ?? 0n)
  }
}

function numberText(field: FieldSchema, value: bigint): string {
  if (field.kind === 'int') return String(BigInt.asIntN(32, value))
  const names = enumNames[field.kind]
  if (names === undefined) return String(value)
  return names[Number(value)] ?? `${value} (unknown)`
}

function rawText(bytes: Uint8Array, { wireType, valueStart, valueEnd }: FieldPlace): string {
  if (wireType === VARINT) return String(readVarint(bytes, valueStart, valueEnd)?.value ?? 0n)
  return shortHexText(bytes.subarray(valueStart, valueEnd))
}

function expectedWireType({ kind }: FieldSchema): number {
  const isNumber = kind === 'uint' || kind === 'int' || enumNames[kind] !== undefined
  return isNumber ? VARINT : BYTES
}

function errorNode(start: number, end: number, value: string): WireNode {
  return { ...container('unreadable', 'error', start, end), value }
}

/** A varint of at most ten bytes, cut to 64 bits, and the offset after it; undefined when it does not end before `limit`. */
function readVarint(
  bytes: Uint8Array,
  start: number,
  limit: number,
): { value: bigint; end: number } | undefined {
  let value = 0n
  for (let i = 0; i < MAX_VARINT_BYTES && start + i < limit; i++) {
    const byte = bytes[start + i] ?? 0
    value |= BigInt(byte & 0x7f) << BigInt(7 * i)
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + i + 1 }
  }
  return undefined
}
