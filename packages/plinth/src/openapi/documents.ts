import type { Built } from '../app/index.ts'
import { schemeOf, securityOf } from './security.ts'
import type { DocumentOptions, OpenapiDocument } from './types.ts'
import { versionsOf } from './versions.ts'

/** A document as it is sent. */
export interface DocumentText {
  readonly text: string
  /** With its quotes. */
  readonly etag: string
}

/** The documents of one application, each made when it is first asked for: a start that nobody documents costs nothing. */
export class Documents {
  /** The newest first. */
  readonly versions: readonly string[]
  readonly #built: Pick<Built, 'name' | 'routes'>
  readonly #options: DocumentOptions
  readonly #made = new Map<string | undefined, Promise<OpenapiDocument>>()
  readonly #texts = new Map<string | undefined, Promise<DocumentText>>()

  /** @throws {TypeError} for a mistake in the options, so that the application does not start with it. */
  constructor(built: Pick<Built, 'name' | 'routes'>, options: DocumentOptions) {
    this.#built = built
    this.#options = options
    this.versions = versionsOf(built.routes)
    const { current } = options
    if (current !== undefined && !this.versions.includes(current)) {
      throw new TypeError(`openapi({ current: '${current}' }): no route has that version; there are ${this.versions.join(', ') || 'none'}`)
    }
    for (const route of built.routes) {
      if (route.contract.hidden !== true)
        for (const wanted of securityOf(route)) for (const name of Object.keys(wanted)) schemeOf(name, options)
    }
  }

  /** The version that the document without a version shows. */
  get current(): string | undefined {
    return this.#options.current ?? this.versions[0]
  }

  get servers(): NonNullable<DocumentOptions['servers']> {
    return this.#options.servers ?? []
  }

  has(version: string | undefined): boolean {
    return version === undefined || this.versions.includes(version)
  }

  /** Rejects with `RangeError` for a version that no route has. */
  of(version: string | undefined): Promise<OpenapiDocument> {
    let made = this.#made.get(version)
    if (made === undefined) this.#made.set(version, (made = this.#make(version)))
    return made
  }

  async #make(version: string | undefined): Promise<OpenapiDocument> {
    const { openapiDocument } = await import('./document.ts')
    return openapiDocument(this.#built, this.#options, version)
  }

  /** The document as JSON, with a tag that changes with it. */
  text(version: string | undefined): Promise<DocumentText> {
    let text = this.#texts.get(version)
    if (text === undefined) this.#texts.set(version, (text = this.of(version).then((it) => tagged(JSON.stringify(it)))))
    return text
  }
}

async function tagged(text: string): Promise<DocumentText> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  const tag = [...digest.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return { text, etag: `"${tag}"` }
}
