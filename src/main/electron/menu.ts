import { Menu, type MenuItemConstructorOptions, shell } from 'electron'
import { isAllowedLink } from './external-links.ts'

const HELP: readonly (readonly [string, string])[] = [
  ['Kademlia in libp2p', 'https://docs.libp2p.io/concepts/discovery-routing/kaddht/'],
  ['The libp2p Kad-DHT specification', 'https://github.com/libp2p/specs/tree/master/kad-dht'],
  ['The IPNS specification', 'https://specs.ipfs.tech/ipns/ipns-record/'],
]

/** Sets the application's menu. Every item is one of the system's roles, or a link for the browser. */
export function setMenu(): void {
  const template: MenuItemConstructorOptions[] = [
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' } as const] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'windowMenu' },
    { role: 'help', submenu: HELP.filter(([, url]) => isAllowedLink(url)).map(helpItem) },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function helpItem([label, url]: readonly [string, string]): MenuItemConstructorOptions {
  return { label, click: () => void shell.openExternal(url) }
}
