import type { Handler } from './handler.ts'

/** PING: an empty reply of the same type. */
export const handlePing: Handler = async () => ({})
