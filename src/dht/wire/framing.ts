import { MalformedMessageError } from './malformed-message-error.ts'

/** Largest message read, in bytes: what go-libp2p and py-libp2p accept (4 MiB). */
export const MAX_MESSAGE_SIZE_BYTES = 4 * 1024 * 1024

const MAX_LENGTH_BYTES = 4
const FIRST_ALLOCATION_BYTES = 4096

/** A chunk as streams hand it over: plain bytes, or a list of them (`uint8arraylist`). */
export type Chunk = Uint8Array | Iterable<Uint8Array>

/**
 * Cuts a stream of chunks into messages: each is preceded by its length as an
 * unsigned varint. Memory grows with the bytes received, never with the length
 * declared. A reader that threw is spent; the stream must be reset.
 */
export class FrameReader {
  readonly #maxSizeBytes: number
  #length = 0
  #lengthBytes = 0
  #frame: PartialFrame | undefined

  /** @param maxSizeBytes - largest message accepted; default 4 MiB. */
  constructor(maxSizeBytes = MAX_MESSAGE_SIZE_BYTES) {
    this.#maxSizeBytes = maxSizeBytes
  }

  /** True between frames: the stream may end here without loss. */
  get isIdle(): boolean {
    return this.#frame === undefined && this.#lengthBytes === 0
  }

  /** Bytes received of a frame that is not complete yet. */
  get pendingBytes(): number {
    return this.#frame?.filled ?? 0
  }

  /**
   * Takes the next chunk and returns the messages it completes, without their
   * length. They may share memory with the chunk: copy what is kept.
   * Throws `MalformedMessageError` on an empty, overlong or oversized frame.
   */
  push(chunk: Chunk): Uint8Array[] {
    const frames: Uint8Array[] = []
    if (chunk instanceof Uint8Array) {
      this.#read(chunk, frames)
    } else {
      for (const part of chunk) this.#read(part, frames)
    }
    return frames
  }

  #read(bytes: Uint8Array, frames: Uint8Array[]): void {
    let offset = 0
    while (offset < bytes.length) {
      if (this.#frame !== undefined) {
        offset += this.#frame.append(bytes, offset)
        if (this.#frame.isComplete) this.#finish(this.#frame.bytes(), frames)
        continue
      }
      if (!this.#readLengthByte(bytes[offset++] ?? 0)) continue
      if (bytes.length - offset >= this.#length) {
        const end = offset + this.#length
        this.#finish(bytes.subarray(offset, end), frames)
        offset = end
      } else {
        this.#frame = new PartialFrame(this.#length)
      }
    }
  }

  #finish(frame: Uint8Array, frames: Uint8Array[]): void {
    frames.push(frame)
    this.#frame = undefined
    this.#length = 0
    this.#lengthBytes = 0
  }

  /** True when the length is complete. */
  #readLengthByte(byte: number): boolean {
    if (byte === 0) {
      throw new MalformedMessageError(
        this.#lengthBytes === 0 ? 'The frame is empty.' : 'The frame length is not in its shortest form.',
      )
    }
    this.#length |= (byte & 0x7f) << (7 * this.#lengthBytes)
    this.#lengthBytes++
    if (byte < 0x80) {
      this.#checkLength()
      return true
    }
    if (this.#lengthBytes === MAX_LENGTH_BYTES) {
      throw new MalformedMessageError(`The frame length takes more than ${MAX_LENGTH_BYTES} bytes.`)
    }
    return false
  }

  #checkLength(): void {
    if (this.#length > this.#maxSizeBytes) {
      throw new MalformedMessageError(
        `The frame declares ${this.#length} bytes; at most ${this.#maxSizeBytes} are read.`,
      )
    }
  }
}

/** A frame of which only the beginning has arrived; its buffer doubles as bytes come in. */
class PartialFrame {
  readonly #length: number
  #buffer: Uint8Array
  #filled = 0

  constructor(length: number) {
    this.#length = length
    this.#buffer = new Uint8Array(Math.min(length, FIRST_ALLOCATION_BYTES))
  }

  get filled(): number {
    return this.#filled
  }

  get isComplete(): boolean {
    return this.#filled === this.#length
  }

  /** Takes what belongs to the frame from `offset` on; returns how many bytes that were. */
  append(bytes: Uint8Array, offset: number): number {
    const count = Math.min(bytes.length - offset, this.#length - this.#filled)
    this.#reserve(this.#filled + count)
    this.#buffer.set(bytes.subarray(offset, offset + count), this.#filled)
    this.#filled += count
    return count
  }

  bytes(): Uint8Array {
    return this.#buffer.length === this.#filled ? this.#buffer : this.#buffer.subarray(0, this.#filled)
  }

  #reserve(sizeBytes: number): void {
    if (sizeBytes <= this.#buffer.length) return
    const grown = new Uint8Array(Math.min(this.#length, Math.max(sizeBytes, this.#buffer.length * 2)))
    grown.set(this.#buffer.subarray(0, this.#filled))
    this.#buffer = grown
  }
}

/** The message with its length before it, as one buffer. */
export function frame(message: Uint8Array): Uint8Array {
  const prefixBytes = uvarintLength(message.length)
  const framed = new Uint8Array(prefixBytes + message.length)
  writeUvarint(message.length, framed, 0)
  framed.set(message, prefixBytes)
  return framed
}

/** How many bytes `value` takes as an unsigned varint; `value` is below 2^31. */
export function uvarintLength(value: number): number {
  let length = 1
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) length++
  return length
}

/** Writes `value` (below 2^31) as an unsigned varint at `offset`; returns the offset after it. */
export function writeUvarint(value: number, into: Uint8Array, offset: number): number {
  let rest = value
  let at = offset
  while (rest > 0x7f) {
    into[at++] = (rest & 0x7f) | 0x80
    rest >>>= 7
  }
  into[at++] = rest
  return at
}
