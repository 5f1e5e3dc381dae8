export * from './app/index.ts'
export { app, type AppOptions } from './default-app.ts'
