import 'reflect-metadata'
import { Controller, Get, Module } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'

class Hello {
  hello() {
    return { message: 'Hello, World!' }
  }
}
Get('hello')(Hello.prototype, 'hello', Object.getOwnPropertyDescriptor(Hello.prototype, 'hello'))
Controller()(Hello)
class Root {}
Module({ controllers: [Hello] })(Root)

const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: ['error'] })
await app.listen(Number(process.env.PORT), '127.0.0.1')
