import { os } from '../context.ts'
import { readBytes, readKey } from '../input.ts'

/** Validators of the network that runs. */
export const validators = {
  list: os.validators.list.handler(async ({ context, input }) => {
    return { rows: context.networks.runningOf(input.networkId).validators.rows() }
  }),
  register: os.validators.register.handler(async ({ context, input }) => {
    const { validators } = context.networks.runningOf(input.networkId)
    return validators.register(input.namespace, input.definition)
  }),
  setEnabled: os.validators.setEnabled.handler(async ({ context, input }) => {
    const { validators } = context.networks.runningOf(input.networkId)
    return validators.setEnabled(input.namespace, input.enabled)
  }),
  remove: os.validators.remove.handler(async ({ context, input }) => {
    await context.networks.runningOf(input.networkId).validators.remove(input.namespace)
    return {}
  }),
  test: os.validators.test.handler(async ({ context, input }) => {
    const running = context.networks.runningOf(input.networkId)
    const samples = input.samples.map(({ key, value }) => ({
      key: readKey(key, 'record', running),
      value: readBytes(value),
    }))
    return running.validators.test(input.definition, samples)
  }),
  check: os.validators.check.handler(async ({ context, input }) => {
    const running = context.networks.runningOf(input.networkId)
    const key = readKey(input.key, 'record', running)
    return running.validators.check(key, readBytes(input.value))
  }),
}
