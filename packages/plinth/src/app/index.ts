// The heart's public face: what starters, middleware and transports are made with, ours and everybody's.
export type {
  Dispatch,
  HandedOver,
  Incoming,
  Listening,
  ListenOptions,
  Outgoing,
  OutgoingBody,
  Peer,
  ProxyProtocol,
  TakeOver,
  TlsOptions,
  Transport,
} from '../contract.ts'
export { core, module } from './builder.ts'
export { BootError, type BootProblem } from './boot-error.ts'
export { Application, type Built } from './built.ts'
export { ServiceError } from './service-error.ts'
export type { CoreOptions, ModuleOptions } from './definition.ts'
export { DeadlinePassed } from './dispatcher.ts'
export { errorRenderer } from './error-renderer.ts'
export type { AppEvents, RequestRecord } from './events.ts'
export { guardNeeds, isGuard, passGuard } from './pass-guard.ts'
export { definitionSite, type Site } from './site.ts'
export { guard, type GuardOptions, identify } from './guard.ts'
export { keepsKeys } from './keeps-keys.ts'
export type { Logger, LogMethod } from './logger.ts'
export type { MountOptions } from './mount.ts'
export type {
  Content,
  ExampleObject,
  HeaderObject,
  MediaTypeObject,
  OperationParts,
  ParameterObject,
  RequestBodyObject,
  ResponseObject,
  SchemaObject,
} from './operation-parts.ts'
export type { Principal, Register } from '../register.ts'
export type { RouteInfo } from './route-info.ts'
export type { CloseSettings, Listen, ListenSettings, Running } from './running.ts'
export type { ErrorRenderer, RenderedProblem } from './scope.ts'
export { service, type Service, type ServiceContext, type ServiceOptions, token } from './service.ts'
export type { ServiceInfo, ServiceReport, ServiceSetting } from './service-info.ts'
export { WrongAnswer } from './to-answer.ts'
export { contract } from './contract-constant.ts'
export type {
  AddedBy,
  AnyApp,
  AnyContract,
  AnyGuard,
  App,
  Around,
  BodyKind,
  BuildOptions,
  Context,
  Contract,
  Guard,
  Identity,
  Mode,
  Next,
  PathParams,
  Replacement,
  Routed,
  RoutesOf,
  Sent,
  Use,
  WebSocketRules,
} from './types.ts'
export type { ProxyAddresses } from '../http/trusted-proxies.ts'
export { Answer } from '../http/answer.ts'
export { hasEtag } from '../http/etag.ts'
export { HttpFailure } from '../http/failures.ts'
export type { TrustProxy, TrustProxyOptions } from '../http/forwarded.ts'
export { file, type FileOptions } from '../http/file.ts'
export type { CookieAttributes } from '../http/cookies.ts'
export { FormFile } from '../http/form-file.ts'
export { escapeHtml, Html, html, type HtmlValue, raw } from '../http/html.ts'
export type { FieldPart, FilePart, Part } from '../http/multipart.ts'
export { signCookie, unsignCookie } from '../http/signed-cookie.ts'
export { sse, type SseFields } from '../http/sse.ts'
export { isCompressible } from '../http/mime.ts'
export { hashPassword, verifyPassword } from '../http/password.ts'
export { acceptable, acceptableEncoding, acceptableLanguage } from '../http/negotiate.ts'
export {
  Problem,
  problem,
  type ProblemBody,
  type ProblemCode,
  problemCatalogue,
  type ProblemOptions,
  problems,
  refuse,
} from '../http/problem.ts'
export type { Catalogue, ProblemKind } from '../http/problem-catalogue.ts'
export { redirect, type RedirectOptions } from '../http/redirect.ts'
export { reply } from '../http/reply.ts'
export { expand as expandTemplate, type Expansion, parseTemplate, type Segment, type Template } from '../router/index.ts'
export type { HeaderFields, Replies, Reply } from '../http/types.ts'
export {
  inputCheck,
  type Checked,
  type InputCheck,
  type InputOptions,
  type Issue,
  type JsonSchema,
  jsonSchemaOf,
  t,
} from '../schema/index.ts'
export type { Input, Json, Output, Received, Returned, Schema } from '../schema/types.ts'
