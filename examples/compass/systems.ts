/** What is weighed, and the question that its slider asks. */
export const criteria = {
  speed: { label: 'Speed', hint: 'CPU time and memory that a request costs' },
  ecosystem: { label: 'Ecosystem', hint: 'libraries, answers on the web, people to hire' },
  language: { label: 'Team’s language', hint: 'what the team writes today, chosen above' },
  realtime: { label: 'Real time', hint: 'sockets, channels, presence, events' },
  batteries: { label: 'Batteries', hint: 'database, sign-in, admin, jobs from one hand' },
  serverless: { label: 'Serverless', hint: 'deployed as functions, paid by the request' },
  edge: { label: 'Edge', hint: 'runs near its users, in isolates' },
  types: { label: 'Type safety', hint: 'mistakes found before anything runs' },
  upkeep: { label: 'Long-term upkeep', hint: 'support promised, still there in ten years' },
} as const
export type Criterion = keyof typeof criteria

export const languages = {
  typescript: 'TypeScript or JavaScript',
  python: 'Python',
  java: 'Java or Kotlin',
  csharp: 'C#',
  go: 'Go',
  rust: 'Rust',
  elixir: 'Elixir',
} as const
export type Language = keyof typeof languages

/** Something that can be looked up: where, and the day on which it was read there. */
export interface Fact {
  readonly text: string
  readonly source: string
  readonly date: string
}

export interface System {
  readonly id: string
  readonly name: string
  readonly languages: readonly Language[]
  readonly facts: readonly Fact[]
  /** Opinions of this example's authors, 0 to 5: nobody measured them. The team's language is no opinion, see rank.ts. */
  readonly ratings: { readonly [C in Exclude<Criterion, 'language'>]: number }
}

const READ = '2026-11-29'
const fact = (text: string, source: string): Fact => ({ text, source, date: READ })

/** In the order of the alphabet, which is also the order of those that tie. */
export const systems: readonly System[] = [
  {
    id: 'dotnet',
    name: '.NET',
    languages: ['csharp'],
    facts: [
      fact(
        'Long-term releases are supported for three years, and from .NET 9 on the standard ones for 24 months.',
        'https://devblogs.microsoft.com/dotnet/dotnet-sts-releases-supported-for-24-months/',
      ),
    ],
    ratings: { speed: 4, ecosystem: 4, realtime: 4, batteries: 5, serverless: 3, edge: 0, types: 4, upkeep: 5 },
  },
  {
    id: 'actix',
    name: 'Actix Web',
    languages: ['rust'],
    facts: [fact('WebSockets come with a crate of their own, actix-ws.', 'https://docs.rs/crate/actix-ws')],
    ratings: { speed: 5, ecosystem: 3, realtime: 3, batteries: 2, serverless: 2, edge: 0, types: 5, upkeep: 3 },
  },
  {
    id: 'lambda',
    name: 'AWS Lambda',
    languages: ['typescript', 'python', 'java', 'csharp', 'go', 'rust'],
    facts: [
      fact(
        'A function runs for at most 900 seconds, with at most 10,240 MB of memory.',
        'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html',
      ),
    ],
    ratings: { speed: 2, ecosystem: 4, realtime: 1, batteries: 2, serverless: 5, edge: 1, types: 2, upkeep: 4 },
  },
  {
    id: 'workers',
    name: 'Cloudflare Workers',
    languages: ['typescript'],
    facts: [
      fact(
        'A Worker has 128 MB of memory; a request has 10 ms of CPU time on the free plan, up to 5 minutes on the paid one.',
        'https://developers.cloudflare.com/workers/platform/limits/',
      ),
    ],
    ratings: { speed: 3, ecosystem: 3, realtime: 3, batteries: 2, serverless: 5, edge: 5, types: 3, upkeep: 3 },
  },
  {
    id: 'deno',
    name: 'Deno',
    languages: ['typescript'],
    facts: [
      fact(
        'A program runs in a sandbox unless it is given permissions, and TypeScript runs as it is.',
        'https://docs.deno.com/runtime/run/',
      ),
    ],
    ratings: { speed: 3, ecosystem: 3, realtime: 3, batteries: 2, serverless: 3, edge: 4, types: 4, upkeep: 3 },
  },
  {
    id: 'django',
    name: 'Django',
    languages: ['python'],
    facts: [
      fact(
        'Long-term releases are supported for three years; from Django 2028 on every feature release is one.',
        'https://docs.djangoproject.com/en/6.1/internals/release-process/',
      ),
    ],
    ratings: { speed: 1, ecosystem: 5, realtime: 2, batteries: 5, serverless: 2, edge: 0, types: 2, upkeep: 5 },
  },
  {
    id: 'express',
    name: 'Express',
    languages: ['typescript'],
    facts: [
      fact(
        'Version 5 was released on 15 October 2024, ten years after its pull request, and drops Node below 18.',
        'https://expressjs.com/2024/10/15/v5-release.html',
      ),
    ],
    ratings: { speed: 2, ecosystem: 5, realtime: 2, batteries: 1, serverless: 3, edge: 1, types: 1, upkeep: 3 },
  },
  {
    id: 'fastapi',
    name: 'FastAPI',
    languages: ['python'],
    facts: [fact('It is based on OpenAPI, and includes Swagger UI and ReDoc.', 'https://fastapi.tiangolo.com/features/')],
    ratings: { speed: 2, ecosystem: 4, realtime: 3, batteries: 2, serverless: 3, edge: 1, types: 3, upkeep: 3 },
  },
  {
    id: 'go',
    name: 'Go net/http',
    languages: ['go'],
    facts: [
      fact('Go 1 promises compatibility: what compiles with one release of it goes on to with the next.', 'https://go.dev/doc/go1compat'),
    ],
    ratings: { speed: 5, ecosystem: 4, realtime: 3, batteries: 2, serverless: 4, edge: 1, types: 4, upkeep: 5 },
  },
  {
    id: 'nestjs',
    name: 'NestJS',
    languages: ['typescript'],
    facts: [fact('Guards, pipes and interceptors apply to WebSocket gateways as well.', 'https://docs.nestjs.com/websockets/gateways')],
    ratings: { speed: 2, ecosystem: 4, realtime: 4, batteries: 4, serverless: 2, edge: 1, types: 3, upkeep: 4 },
  },
  {
    id: 'phoenix',
    name: 'Phoenix',
    languages: ['elixir'],
    facts: [
      fact(
        'In 2015 it held two million WebSocket connections on one machine of 40 cores and 128 GB.',
        'https://www.phoenixframework.org/blog/the-road-to-2-million-websocket-connections',
      ),
    ],
    ratings: { speed: 3, ecosystem: 3, realtime: 5, batteries: 4, serverless: 1, edge: 1, types: 2, upkeep: 4 },
  },
  {
    id: 'plinth',
    name: 'Plinth',
    languages: ['typescript'],
    facts: [
      fact(
        'One definition of a route gives the typed handler, the checked input, the enforced reply, OpenAPI and the client.',
        'README.md',
      ),
      fact('One application runs on Node, Bun, Deno and Workers.', 'docs/runtimes.md'),
    ],
    ratings: { speed: 4, ecosystem: 1, realtime: 3, batteries: 3, serverless: 2, edge: 4, types: 5, upkeep: 1 },
  },
  {
    id: 'rocket',
    name: 'Rocket',
    languages: ['rust'],
    facts: [
      fact(
        'Version 0.5 is asynchronous, builds on stable Rust, and has sentinels, which abort a launch that could not work.',
        'https://rocket.rs/guide/v0.5/upgrading/',
      ),
    ],
    ratings: { speed: 4, ecosystem: 2, realtime: 2, batteries: 3, serverless: 1, edge: 0, types: 5, upkeep: 2 },
  },
  {
    id: 'spring',
    name: 'Spring Boot',
    languages: ['java'],
    facts: [
      fact(
        'Actuator gives an application its production-ready features.',
        'https://docs.spring.io/spring-boot/reference/actuator/enabling.html',
      ),
    ],
    ratings: { speed: 3, ecosystem: 5, realtime: 3, batteries: 5, serverless: 2, edge: 0, types: 4, upkeep: 5 },
  },
  {
    id: 'supabase',
    name: 'Supabase',
    languages: ['typescript'],
    facts: [
      fact('A platform around Postgres, made of open-source parts, which one can host oneself.', 'https://github.com/supabase/supabase'),
    ],
    ratings: { speed: 3, ecosystem: 4, realtime: 5, batteries: 5, serverless: 4, edge: 3, types: 3, upkeep: 3 },
  },
]
