import { readFile } from 'node:fs/promises'
import { extname, join, normalize, sep } from 'node:path'
import { CONTENT_SECURITY_POLICY } from '../../shared/content-security-policy.ts'

/** Scheme and origin of the explorer's page. A scheme of its own, because a file's origin is opaque and knows no CSP by header. */
export const EXPLORER_SCHEME = 'kadscope'
export const EXPLORER_ORIGIN = `${EXPLORER_SCHEME}://app`
export const EXPLORER_URL = `${EXPLORER_ORIGIN}/index.html`

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Answers a request of the page with a file of the built explorer; 404 for anything outside `folder`. */
export async function explorerFile(
  folder: string,
  { method, url }: Pick<Request, 'method' | 'url'>,
): Promise<Response> {
  const path = method === 'GET' ? filePath(folder, url) : undefined
  const content = path && (await readFile(path).catch(() => undefined))
  if (!path || !content) return new Response('Not found', { status: 404 })
  return new Response(new Uint8Array(content), {
    headers: {
      'content-type': CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
      'content-security-policy': CONTENT_SECURITY_POLICY,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    },
  })
}

/** True when the URL is one of the explorer's own. */
export function isExplorerUrl(url: string): boolean {
  return url.startsWith(`${EXPLORER_ORIGIN}/`)
}

function filePath(folder: string, url: string): string | undefined {
  if (!isExplorerUrl(url)) return undefined
  try {
    const path = normalize(join(folder, decodeURIComponent(new URL(url).pathname)))
    return path.startsWith(folder + sep) && !path.includes('\0') ? path : undefined
  } catch {
    return undefined
  }
}
