/** What the parent asks of the stand-in, as a user, a page or an attacker would. */
export type Command =
  /** A message of the page to the application, through its port. */
  | { type: 'port'; data: unknown }
  /** The page, or `frame: 'sub'` a frame in it, is sent elsewhere. */
  | { type: 'navigate'; url: string; frame: 'main' | 'sub' }
  | { type: 'open-window'; url: string }
  | { type: 'ask-permission'; permission: string; url: string }
  | { type: 'fetch'; url: string }
  /** A message on the preload's channel from a frame that is not the explorer's. */
  | { type: 'foreign-ask'; origin: string; isMainFrame: boolean }
  | { type: 'reload' }
  | { type: 'start-again' }
  | { type: 'quit' }

/** What the stand-in tells its parent. */
export type Report =
  | { type: 'window'; webPreferences: Record<string, unknown>; url: string }
  /** The page was handed a port. */
  | { type: 'port-opened' }
  | { type: 'port'; data: unknown }
  | { type: 'port-closed' }
  | { type: 'link-opened'; url: string }
  | { type: 'raised' }
  | { type: 'menu'; roles: string[] }
  | { type: 'error-box'; title: string; content: string }
  | { type: 'refused'; message: string }
  /** What a command came to. */
  | { type: 'outcome'; command: Command['type']; outcome: string; detail?: Record<string, string> }
