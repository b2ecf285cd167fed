/**
 * JavaScript that runs in every QuickJS context before the user's source. Its value is `run(validate, select, type,
 * now, parts)`, which calls the user's function and returns the answer as JSON. `parts` holds the key, then the
 * values, each as an ArrayBuffer followed by its text as a JSON string, or undefined where it is not UTF-8.
 *
 * Everything it uses is captured before the user's source can replace it, so that changed prototypes confuse nobody
 * but their author. Errors of QuickJS itself pass through: the host tells limits by them.
 */
export const SANDBOX_PRELUDE = `(() => {
  'use strict'
  const MAX_REASON_LENGTH = 500
  const { parse, stringify } = JSON
  const { defineProperties, freeze } = Object
  const { isInteger } = Number
  const slice = Function.prototype.call.bind(String.prototype.slice)
  const indexOf = Function.prototype.call.bind(String.prototype.indexOf)
  const [Bytes, Text, Failure, Internal, Future] = [Uint8Array, String, TypeError, InternalError, Promise]
  delete Math.random
  delete globalThis.WeakRef
  delete globalThis.FinalizationRegistry

  const answer = (type, reason, index) => stringify({ __proto__: null, type, reason, index })
  const rejected = (reason) => {
    const short = slice(reason, 0, MAX_REASON_LENGTH)
    return answer('rejected', short === reason ? reason : short + '…')
  }
  const nameOf = (value) => {
    if (value === null) return 'null'
    if (value instanceof Future) return 'a promise (it must not be async)'
    return typeof value === 'number' ? 'the number ' + value : 'a value of type ' + typeof value
  }
  const describe = (thrown) => {
    try {
      if (typeof thrown === 'object' && thrown !== null) {
        const message = thrown.message
        if (typeof message === 'string' && message !== '') return message
      }
      return Text(thrown) || 'It threw an empty string.'
    } catch (error) {
      if (error instanceof Internal) throw error
      return 'It threw something that cannot be read.'
    }
  }
  const bytesOf = (buffer, textJson) => {
    const bytes = new Bytes(buffer)
    const text = () => {
      if (textJson === undefined) throw new Failure('The value is not UTF-8 text.')
      return parse(textJson)
    }
    const json = () => {
      const source = text()
      try {
        return parse(source)
      } catch (error) {
        if (error instanceof Internal) throw error
        throw new Failure('The value is not JSON.')
      }
    }
    return defineProperties(bytes, { text: { value: text }, json: { value: json } })
  }
  const keyOf = (buffer, textJson) => {
    const text = textJson === undefined ? undefined : parse(textJson)
    const end = text === undefined ? -1 : indexOf(text, '/', 1)
    return freeze({ text, name: end < 0 ? undefined : slice(text, end + 1), bytes: new Bytes(buffer) })
  }
  const verdict = (result) => {
    if (result === undefined || result === true) return answer('accepted')
    if (result === false) return rejected('validate returned false.')
    if (typeof result === 'string') return rejected(result || 'validate returned an empty reason.')
    return rejected('validate returned ' + nameOf(result) + '; it must return nothing, true, false or a reason.')
  }
  const choice = (result, count) => {
    if (typeof result === 'number' && isInteger(result) && result >= 0 && result < count)
      return answer('selected', undefined, result)
    return rejected('select returned ' + nameOf(result) + '; it must return an index below ' + count + '.')
  }
  return (validate, select, type, now, parts) => {
    const key = keyOf(parts[0], parts[1])
    const values = []
    for (let i = 2; i < parts.length; i += 2) values[i / 2 - 1] = bytesOf(parts[i], parts[i + 1])
    try {
      if (type === 'validate') return verdict(validate(key, values[0], now))
      return choice(select === undefined ? 0 : select(key, values, now), values.length)
    } catch (thrown) {
      if (thrown instanceof Internal) throw thrown
      return rejected(describe(thrown))
    }
  }
})()`
