import type { Browser, Page, WebSocketRoute } from 'playwright'

/** A page of the explorer whose connection to the backend can be cut and kept cut. */
export class ServedPage {
  readonly page: Page
  readonly #connections = new Set<WebSocketRoute>()
  #isCut = false

  private constructor(page: Page) {
    this.page = page
  }

  static async open(browser: Browser, url: string): Promise<ServedPage> {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } })
    page.setDefaultTimeout(30_000)
    const served = new ServedPage(page)
    await page.routeWebSocket(/\/rpc\?/, (connection) => served.#connect(connection))
    await page.goto(url)
    return served
  }

  /** Drops the connection as a network does; the next one goes through. */
  async drop(): Promise<void> {
    for (const connection of this.#connections) await connection.close({ code: 1001, reason: 'dropped' })
    this.#connections.clear()
  }

  /** Drops the connection, and every other until `mend`. */
  async cut(): Promise<void> {
    this.#isCut = true
    await this.drop()
  }

  mend(): void {
    this.#isCut = false
  }

  #connect(connection: WebSocketRoute): void {
    if (this.#isCut) {
      void connection.close({ code: 1001 })
      return
    }
    connection.connectToServer()
    this.#connections.add(connection)
  }
}
