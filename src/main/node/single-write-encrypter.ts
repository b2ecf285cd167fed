import type {
  ConnectionEncrypter,
  MessageStream,
  SecureConnectionOptions,
  SecuredConnection,
} from '@libp2p/interface'

/**
 * Wraps a connection encrypter so that each encrypted message is one socket
 * write: the TCP transport writes every part of a list by itself, and noise
 * sends the length, the text and the tag as parts.
 */
export function writingOnce<Components, Extension>(
  make: (components: Components) => ConnectionEncrypter<Extension>,
): (components: Components) => ConnectionEncrypter<Extension> {
  return (components) => new SingleWriteEncrypter(make(components))
}

class SingleWriteEncrypter<Extension> implements ConnectionEncrypter<Extension> {
  readonly protocol: string
  readonly #inner: ConnectionEncrypter<Extension>

  constructor(inner: ConnectionEncrypter<Extension>) {
    this.#inner = inner
    this.protocol = inner.protocol
  }

  secureOutbound(
    connection: MessageStream,
    options?: SecureConnectionOptions,
  ): Promise<SecuredConnection<Extension>> {
    return this.#inner.secureOutbound(joiningParts(connection), options)
  }

  secureInbound(
    connection: MessageStream,
    options?: SecureConnectionOptions,
  ): Promise<SecuredConnection<Extension>> {
    return this.#inner.secureInbound(joiningParts(connection), options)
  }
}

function joiningParts(connection: MessageStream): MessageStream {
  const send = connection.send.bind(connection)
  connection.send = (data) => send(data.subarray())
  return connection
}
