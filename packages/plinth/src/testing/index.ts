export { type TestClient, type TestOptions, testApp } from './test-app.ts'
