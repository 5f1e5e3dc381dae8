import { type Html, html } from '../app/index.ts'
import type { Documents } from './documents.ts'
import type { OpenapiDocument } from './types.ts'

/** Addresses are relative to `/docs`, so that the page also works below a prefix and behind a proxy that adds one. */
const documentOf = (version: string | undefined): string =>
  version === undefined ? 'openapi.json' : `openapi/${encodeURIComponent(version)}.json`

/**
 * What the page may load: its own files, nothing that stands in it. Pictures in `data:` are those of the style sheet. It may
 * talk to the servers that the document lists, since readers try its operations out.
 */
export function docsPolicy(servers: readonly { readonly url: string }[]): string {
  const origins = new Set(servers.flatMap(({ url }) => /^https?:\/\/[\w.:[\]-]+/i.exec(url)?.[0] ?? []))
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...origins].join(' ')}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The page that Swagger UI fills. */
export async function docsPage(documents: Documents, version: string | undefined): Promise<Html> {
  return page(
    await documents.of(version),
    html`<link rel="stylesheet" href="docs/swagger-ui.css">
<link rel="stylesheet" href="docs/docs.css">
<link rel="icon" type="image/png" href="docs/favicon-32x32.png">`,
    html`${links(documents, version)}
<div id="docs" data-document="${documentOf(version)}"></div>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/docs.js"></script>`,
  )
}

/** Where the platform has no files to send: every operation in a list, without a script. */
export async function plainPage(documents: Documents, version: string | undefined): Promise<Html> {
  const document = await documents.of(version)
  const rows = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(
      ([method, it]) => html`
<tr><td>${method.toUpperCase()}</td><td><code>${path}</code></td><td>${it.summary}</td><td>${it.deprecated && 'deprecated'}</td></tr>`,
    ),
  )
  return page(
    document,
    html`<link rel="icon" href="data:,">`,
    html`${links(documents, version)}
<main>
<h1>${document.info.title} ${document.info.version}</h1>
<p>${document.info.description}</p>
<table>${rows}
</table>
<p><a href="${documentOf(version)}">The document</a></p>
</main>`,
  )
}

function page({ info }: OpenapiDocument, head: Html, body: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${info.title} ${info.version}</title>
${head}
</head>
<body>
${body}
</body>
</html>
`
}

/** One link for each version, where there are several. */
function links({ versions, current }: Documents, version: string | undefined): Html {
  if (versions.length < 2) return html``
  const shown = version ?? current
  const items = versions.map(
    (it) => html`<a href="?version=${encodeURIComponent(it)}"${it === shown && html` aria-current="page"`}>${it}</a>`,
  )
  return html`<nav aria-label="Versions">Version ${items}</nav>`
}
