import type { Content, HeaderObject, OperationParts, ParameterObject, RequestBodyObject, ResponseObject, SchemaObject } from 'plinth'
import { exampleOf, valueSchema } from './column-schema.ts'
import type { DescribedResource } from './described-resource.ts'
import { filterParameters } from './filter-parameters.ts'

export type ResourceMethod = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** What the document says of one verb of a resource. */
export function describeOperation(resource: DescribedResource, method: ResourceMethod, plain: boolean): OperationParts {
  const parameters = plain ? plainParameters(resource, method) : gridParameters(resource, method)
  const body = bodyOf(resource, method, plain)
  return {
    description: descriptionOf(resource, method, plain),
    parameters,
    ...(body === undefined ? undefined : { requestBody: body }),
    responses: { ...successes(resource, method, plain), ...failures(method, plain) },
  }
}

function descriptionOf({ name, maxRows, unfilteredWrites, relations }: DescribedResource, method: ResourceMethod, plain: boolean): string {
  const filter = unfilteredWrites ? '' : ' A request without a filter is refused.'
  switch (method) {
    case 'GET':
      if (plain) return `One row of ${name} by its key, as an object.`
      return `Rows of ${name} in PostgREST's grammar, at most ${maxRows} at once.${relations.length > 0 ? ` May embed: ${relations.join(', ')}.` : ''}`
    case 'POST':
      return `Adds one row, or all of several. With \`Prefer: resolution=…\` it is an upsert.`
    case 'PATCH':
      return plain ? 'Changes one row and gives it as it is then.' : `Changes the rows that the filters choose.${filter}`
    case 'PUT':
      return 'Puts one row in its place: the key stands in the filters, and in the body with everything else.'
    case 'DELETE':
      return plain ? 'Deletes one row.' : `Deletes the rows that the filters choose.${filter}`
  }
}

// ---- parameters ----------------------------------------------------------------------------------------------------

function query(
  name: string,
  description: string,
  examples: { readonly [name: string]: unknown },
  schema: SchemaObject = text,
): ParameterObject {
  return {
    name,
    in: 'query',
    description,
    schema,
    examples: Object.fromEntries(Object.entries(examples).map(([key, value]) => [key, { value }])),
  }
}

const text: SchemaObject = { type: 'string' }
const whole: SchemaObject = { type: 'integer', minimum: 0 }

function gridParameters(resource: DescribedResource, method: ResourceMethod): readonly ParameterObject[] {
  const { readable, table, maxRows } = resource
  const [first] = readable
  const key = table.primaryKey.filter((it) => readable.some((column) => column.name === it))
  const sorted = key[0] ?? first?.name ?? 'id'
  const select = [selectParameter(resource)]
  const filters = filterParameters(method === 'PUT' ? readable.filter((it) => key.includes(it.name)) : readable)
  const logic = [
    query('or', 'Conditions of which one must hold; `and(…)` and `not.` may stand inside.', { either: `(${sorted}.eq.1,${sorted}.gt.10)` }),
    query('and', 'Conditions that must all hold: for two of one column.', { between: `(${sorted}.gte.1,${sorted}.lt.10)` }),
  ]
  const order = query('order', 'By which columns, first by the first.', {
    descending: `${sorted}.desc`,
    'nulls last': `${sorted}.asc.nullslast`,
  })
  switch (method) {
    case 'GET':
      return [
        ...select,
        ...filters,
        ...logic,
        order,
        query('limit', 'At most so many rows.', { page: Math.min(20, maxRows) }, { ...whole, maximum: maxRows }),
        query('offset', 'Without so many at the beginning.', { 'second page': 20 }, whole),
        header('Range', 'The same as `offset` and `limit`: first and last row, counted from 0.', { page: '0-19' }),
        header('Range-Unit', 'What `Range` counts.', { items: 'items' }),
        prefer(['count=exact', 'count=planned', 'count=estimated', 'handling=strict', 'timezone=Europe/Rome']),
      ]
    case 'POST':
      return [
        ...select,
        query('columns', 'The columns to write; others in the body are left out.', {
          some: Object.keys(resource.insertExample).join(',') || sorted,
        }),
        query('on_conflict', 'The unique columns by which an upsert knows a row. Default: the key.', {
          key: table.primaryKey.join(',') || sorted,
        }),
        prefer([...returns, 'resolution=merge-duplicates', 'resolution=ignore-duplicates', 'missing=default', 'count=exact']),
      ]
    case 'PATCH':
      return [...select, ...filters, ...logic, order, prefer([...returns, 'count=exact', 'handling=strict,max-affected=10'])]
    case 'PUT':
      return [...select, ...filters, prefer(returns)]
    case 'DELETE':
      return [...select, ...filters, ...logic, order, prefer([...returns, 'count=exact', 'handling=strict,max-affected=10'])]
  }
}

const returns = ['return=representation', 'return=minimal', 'return=headers-only']

function plainParameters(resource: DescribedResource, method: ResourceMethod): readonly ParameterObject[] {
  const key = resource.table.columns.get(resource.table.primaryKey[0]!)!
  const id: ParameterObject = {
    name: 'id',
    in: 'path',
    required: true,
    description: `The row's ${key.name}.`,
    schema: valueSchema(key),
    examples: { one: { value: exampleOf(key) } },
  }
  return method === 'DELETE' ? [id, prefer(['return=representation'])] : [id, selectParameter(resource)]
}

function selectParameter({ readable, relations, aggregates }: DescribedResource): ParameterObject {
  const names = readable.slice(0, 2).map((it) => it.name)
  const [relation] = relations.map((it) => it.split('!')[0]!.split(':')[0]!)
  const embeds =
    relations.length === 0 ? '' : ` May embed, each with a list of its own in brackets: ${relations.map((it) => `\`${it}\``).join(', ')}.`
  return query(
    'select',
    `Which columns; renamed by \`alias:column\`, cast by \`column::text\`. Default: all that the asker may read.${embeds}${aggregates ? ' Aggregates are `count()`, `column.sum()` and the like.' : ''}`,
    {
      some: names.join(','),
      ...(names[0] === undefined ? undefined : { renamed: `other:${names[0]}` }),
      ...(relation === undefined ? undefined : { embedded: `${names[0] ?? '*'},${relation}(*)` }),
      ...(aggregates ? { counted: 'count()' } : undefined),
    },
  )
}

function header(name: string, description: string, examples: { readonly [name: string]: string }): ParameterObject {
  return { ...query(name, description, examples), in: 'header' }
}

function prefer(choices: readonly string[]): ParameterObject {
  return header(
    'Prefer',
    'How it is to be done (RFC 7240), several with commas between them; `Preference-Applied` tells what was followed.',
    Object.fromEntries(choices.map((it) => [it.replaceAll(/[^a-z]+/g, '-'), it])),
  )
}

// ---- bodies and answers --------------------------------------------------------------------------------------------

function bodyOf(resource: DescribedResource, method: ResourceMethod, plain: boolean): RequestBodyObject | undefined {
  const { insert, update, insertExample, updateExample } = resource
  if (method === 'GET' || method === 'DELETE') return undefined
  if (method === 'PATCH') {
    const json = { 'application/json': { schema: update, example: updateExample } }
    return { required: true, content: plain ? json : { ...json, 'text/csv': { schema: text } } }
  }
  const rows = method === 'PUT' ? insert : { oneOf: [insert, { type: 'array', items: insert }] }
  const examples = {
    'one-row': { value: insertExample },
    ...(method === 'PUT' ? undefined : { 'several-rows': { value: [insertExample] } }),
  }
  return { required: true, content: { 'application/json': { schema: rows, examples }, 'text/csv': { schema: text } } }
}

function rowsContent({ row }: DescribedResource): Content {
  return {
    'application/json': { schema: { type: 'array', items: row } },
    'application/vnd.pgrst.object+json': { schema: row },
    'text/csv': { schema: text },
  }
}

const contentRange: { readonly [name: string]: HeaderObject } = {
  'Content-Range': {
    description: 'First and last row and, where it was asked for, how many there are: `0-19/124`, `0-19/*`.',
    schema: text,
  },
}

function successes(resource: DescribedResource, method: ResourceMethod, plain: boolean): { readonly [status: string]: ResponseObject } {
  const content: Content = plain ? { 'application/json': { schema: resource.row } } : rowsContent(resource)
  if (method === 'GET') {
    if (plain) return { 200: { description: 'The row.', content } }
    return {
      200: { description: 'The rows; all there are, or nobody counted.', headers: contentRange, content },
      206: { description: 'Some of the rows that were counted.', headers: contentRange, content },
    }
  }
  const represented = '`Prefer: return=representation` was sent.'
  const none: ResponseObject = { description: 'Done. Nothing is given back unless it was asked for.' }
  switch (method) {
    case 'POST':
      return {
        200: { description: `Rows were changed, none added: an upsert. A body where ${represented}`, content },
        201: {
          description: `Rows were added. A body where ${represented}`,
          headers: { Location: { description: 'With `Prefer: return=headers-only`: where the row is.', schema: text } },
          content,
        },
      }
    case 'PUT':
      return {
        200: { description: `The row was replaced; ${represented}`, content },
        201: { description: `The row was added; ${represented}`, content },
        204: none,
      }
    default: {
      const description = method === 'PATCH' ? 'The rows as they are now' : 'The rows as they were'
      if (plain && method === 'PATCH') return { 200: { description: 'The row as it is now.', content }, 204: none }
      return { 200: { description: `${description}; ${represented}`, content }, 204: none }
    }
  }
}

/** PostgREST's errors, which those of guards and of the application look like as well. */
const errorSchema: SchemaObject = {
  title: 'PostgrestError',
  type: 'object',
  required: ['code', 'message', 'details', 'hint'],
  properties: {
    code: {
      type: 'string',
      description: 'A code of PostgREST (`PGRST100`), an SQLSTATE (`23505`) or a problem of the application (`not-signed-in`).',
    },
    message: { type: 'string' },
    details: { description: 'What is particular to this one.' },
    hint: { type: ['string', 'null'], description: 'What would be right.' },
  },
}

function failures(method: ResourceMethod, plain: boolean): { readonly [status: string]: Partial<ResponseObject> } {
  const statuses: { [status: number]: string } = {
    400: 'The request can’t be read, or names what is not there: a column, a relation, an operator.',
    401: 'Signing in may help.',
    403: 'The rules do not allow it.',
  }
  if (plain) statuses[404] = 'There is no such row, or none that the asker may see.'
  else statuses[406] = 'One object was asked for, but there is not one row; or no media type that there is.'
  if (method === 'GET' && !plain) statuses[416] = 'The range begins behind the last row.'
  if (method !== 'GET') statuses[409] = 'A unique value is taken, or a foreign key points nowhere.'
  if (method !== 'GET' && method !== 'DELETE') statuses[413] = 'The body is too large.'
  const content: Content = { 'application/json': { schema: errorSchema } }
  return {
    ...Object.fromEntries(Object.entries(statuses).map(([status, description]) => [status, { description, content }])),
    default: { description: 'Another error.', content },
  }
}
