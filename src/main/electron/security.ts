import { app, type Session, shell, type WebContents } from 'electron'
import { EXPLORER_ORIGIN, isExplorerUrl } from './explorer-files.ts'
import { isAllowedLink } from './external-links.ts'

/** What the page may ask for: to write to the clipboard, for its copy buttons. */
const PERMISSION = 'clipboard-sanitized-write'

/** From now on no web contents of this process, whoever makes them, leave the explorer or open a window. */
export function secureAllContents(): void {
  app.on('web-contents-created', (_event, contents) => secureContents(contents))
}

/** Denies every permission but one, and that one to everybody but the explorer. */
export function secureSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    answer(permission === PERMISSION && isExplorerUrl(requestingUrl))
  })
  session.setPermissionCheckHandler((_contents, permission, origin) => {
    return permission === PERMISSION && isExplorerOrigin(origin)
  })
}

function secureContents(contents: WebContents): void {
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url)
    return { action: 'deny' }
  })
  contents.on('will-navigate', (details) => {
    if (isExplorerUrl(details.url)) return
    details.preventDefault()
    openLink(details.url)
  })
  contents.on('will-frame-navigate', (details) => {
    if (!isExplorerUrl(details.url)) details.preventDefault()
  })
  contents.on('will-redirect', (details) => {
    if (!isExplorerUrl(details.url)) details.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
}

function openLink(url: string): void {
  if (isAllowedLink(url)) void shell.openExternal(url)
}

/** Electron gives this origin with a slash at its end. */
function isExplorerOrigin(origin: string): boolean {
  return origin.replace(/\/$/, '') === EXPLORER_ORIGIN
}
