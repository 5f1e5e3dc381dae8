import express from 'express'

const app = express()
app.get('/hello', (_request, response) => response.json({ message: 'Hello, World!' }))
app.listen(Number(process.env.PORT), '127.0.0.1')
