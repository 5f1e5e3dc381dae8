import application from './app.ts'

const { url } = await application.listen()
console.log(`the shop is open at ${url}, its documentation at ${url}/docs`)
