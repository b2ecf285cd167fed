import { World, type WorldOptions } from './world.ts'

/**
 * Makes a world and runs `body` in it. When that fails, the error's message
 * says which seed replays the run.
 */
export async function runWorld<T>(options: WorldOptions, body: (world: World) => Promise<T>): Promise<T> {
  try {
    return await body(new World(options))
  } catch (error) {
    if (error instanceof Error) error.message += `\n(a world of the seed ${JSON.stringify(options.seed)})`
    throw error
  }
}
