import { createRequire, register } from 'node:module'
import { pathToFileURL } from 'node:url'
import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { registerSyncHooks, syncModule } from './sync-hooks.ts'
import { type SeenFile, typeScriptPath } from './transform.ts'

/** Tells which files were loaded so far, also those whose message is still on its way. */
export interface Loading {
  seen(): readonly SeenFile[]
}

/**
 * From here on this process imports TypeScript. What the entry will ask for first, the framework, is imported before: on
 * Node 20 every module after it has to be fetched through another thread, and the framework's are many.
 */
export async function prepareTypeScript(entry: string, node: ReturnType<typeof syncModule> = syncModule()): Promise<Loading> {
  await preload('plinth', entry)
  // Errors and definition sites name the lines of the source.
  process.setSourceMapsEnabled(true)
  const seen = new Map<string, SeenFile>()
  const saw = (file: SeenFile): void => void (seen.has(file.path) || seen.set(file.path, file))
  if (node !== undefined) {
    registerSyncHooks(node, saw)
    return { seen: () => [...seen.values()] }
  }
  const { port1, port2 } = new MessageChannel()
  port1.unref()
  register('./hooks.js', {
    parentURL: import.meta.url,
    data: { port: port2, soon: typeScriptPath(pathToFileURL(entry).href) !== undefined },
    transferList: [port2],
  })
  return {
    seen: () => {
      for (let message = receiveMessageOnPort(port1); message !== undefined; message = receiveMessageOnPort(port1)) {
        saw(message.message as SeenFile)
      }
      return [...seen.values()]
    },
  }
}

/** As the entry would resolve it. That it is missing is for the entry's own import to say. */
async function preload(name: string, entry: string): Promise<void> {
  let path: string
  try {
    path = createRequire(entry).resolve(name)
  } catch {
    return
  }
  await import(pathToFileURL(path).href)
}
