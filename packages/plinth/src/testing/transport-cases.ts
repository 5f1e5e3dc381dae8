import { answerCases } from './transport-answer-cases.ts'
import type { TransportCase } from './transport-case.ts'
import { lifeCases } from './transport-life-cases.ts'
import { requestCases } from './transport-request-cases.ts'

/** What every transport and every runtime must do with `transport-fixture.ts`. They hold for any order, and side by side. */
export const transportCases: readonly TransportCase[] = [...requestCases, ...answerCases, ...lifeCases]
