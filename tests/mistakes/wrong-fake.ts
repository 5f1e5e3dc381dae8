// Mistake: a fake that has not the type of the service whose place it takes.
import { Users } from './register.ts'

export const fakes = [
  Users.with({ find: async (id: number) => ({ id, mail: '' }) }), // <- here
]
