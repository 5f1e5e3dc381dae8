export * from './grammar/index.ts'
