import type { WireNode } from '../../shared/wire-node.ts'

/** A line of the decoded tree. */
export interface TreeLine {
  /** Stable within one message: the names from the root. */
  id: string
  depth: number
  node: WireNode
  isOpen: boolean
}

/** The tree's lines as far as it is open, the root left out. Lists of peers begin closed. */
export function treeLines(root: WireNode, toggled: ReadonlySet<string>): TreeLine[] {
  const lines: TreeLine[] = []
  const walk = (node: WireNode, depth: number, parentId: string) => {
    const id = `${parentId}/${node.name}@${node.start}`
    const isOpen = toggled.has(id) !== opensAtFirst(node, depth)
    lines.push({ id, depth, node, isOpen })
    if (isOpen) for (const child of node.children) walk(child, depth + 1, id)
  }
  for (const child of root.children) walk(child, 0, '')
  return lines
}

function opensAtFirst({ name }: WireNode, depth: number): boolean {
  return depth < 2 && !/^(closerPeers|providerPeers|addrs)/.test(name)
}

/** The line that stands for a byte: the innermost one shown whose range holds it. */
export function lineAt(lines: readonly TreeLine[], offset: number): TreeLine | undefined {
  return lines.findLast(({ node }) => node.start <= offset && offset < node.end)
}

/** Bytes in a line of the hex view. */
export const BYTES_A_LINE = 16

/** Offset as four hex digits or more: `00a0`. */
export function offsetText(offset: number): string {
  return offset.toString(16).padStart(4, '0')
}

/** A byte as text: itself when printable ASCII, else a dot. */
export function byteChar(byte: number): string {
  return byte > 32 && byte < 127 ? String.fromCharCode(byte) : '·'
}

/** The bytes of a hex string. */
export function bytesOf(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length >> 1)
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = Number.parseInt(hex.slice(index * 2, index * 2 + 2), 16)
  }
  return bytes
}
