import 'reflect-metadata'
import cookie from '@fastify/cookie'
import { Body, Controller, Get, HttpCode, Module, Param, Post, Req, UnauthorizedException, UseGuards, ValidationPipe } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter, RouteSchema } from '@nestjs/platform-fastify'
import { Type } from 'class-transformer'
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator'
import {
  codePattern,
  emailPattern,
  helloReply,
  itemReply,
  manyPath,
  methods,
  placed,
  placedReply,
  postcodePattern,
  products,
  productsReply,
  resources,
  sessions,
  skuPattern,
  userReply,
} from '../data.mjs'
import { dto, method } from '../../lib/decorate.mjs'
import { built, host, port, ready } from './serve.mjs'

const text = (max, pattern) => [String, IsString(), MinLength(1), MaxLength(max), ...(pattern ? [Matches(new RegExp(pattern))] : [])]
const nested = (type) => [type, ValidateNested(), Type(() => type)]

function orderDto() {
  const Address = dto({ street: text(200), city: text(100), postcode: text(10, postcodePattern), country: text(3, codePattern) })
  const Customer = dto({ name: text(100), email: text(200, emailPattern), phone: text(30), address: required(Address) })
  const Options = dto({ colour: text(40), size: text(40) })
  const Item = dto({
    sku: text(10, skuPattern),
    title: text(200),
    quantity: [Number, IsInt(), Min(1), Max(1000)],
    price: [Number, IsNumber(), Min(0)],
    options: required(Options),
  })
  const Payment = dto({ method: [String, IsIn(methods)], currency: text(3, codePattern), reference: text(60) })
  return dto({
    customer: required(Customer),
    items: [Array, IsArray(), ArrayMinSize(1), ArrayMaxSize(100), ValidateNested({ each: true }), Type(() => Item)],
    payment: required(Payment),
    notes: text(500),
    giftWrap: [Boolean, IsBoolean()],
  })
}

function required(type) {
  return [...nested(type), IsDefined()]
}

function answers(status, schema) {
  return RouteSchema({ response: { [status]: schema } })
}

let prepare = async () => {}
let pipe

const controller = built({
  hello() {
    class Hello {
      hello() {
        return { message: 'Hello, World!' }
      }
    }
    method(Hello, 'hello', [], [], Get('hello'), answers(200, helloReply))
    return Hello
  },
  params() {
    class Items {}
    for (const name of resources) {
      Items.prototype[name] = (id, item) => ({ id, item })
      method(Items, name, [String, String], [Param('id'), Param('item')], Get(`api/${name}/:id/items/:item`), answers(200, itemReply))
    }
    return Items
  },
  post() {
    class Orders {
      place(order) {
        return placed(order)
      }
    }
    method(Orders, 'place', [orderDto()], [Body()], Post('orders'), HttpCode(201), answers(201, placedReply))
    pipe = new ValidationPipe({ transform: true })
    return Orders
  },
  list() {
    class Products {
      list() {
        return products
      }
    }
    method(Products, 'list', [], [], Get('products'), answers(200, productsReply))
    return Products
  },
  guarded() {
    class SignedIn {
      canActivate(context) {
        const request = context.switchToHttp().getRequest()
        const user = sessions.get(request.cookies.session)
        if (user === undefined) throw new UnauthorizedException()
        request.user = user
        return true
      }
    }
    class Me {
      me(request) {
        return request.user
      }
    }
    method(Me, 'me', [Object], [Req()], Get('me'), UseGuards(SignedIn), answers(200, userReply))
    prepare = (app) => app.register(cookie)
    return Me
  },
  routes(count) {
    class Many {}
    for (let n = 0; n < count; n++) {
      Many.prototype[`route${n}`] = (id) => ({ route: n, id })
      method(Many, `route${n}`, [String], [Param('id')], Get(manyPath(n).slice(1)))
    }
    return Many
  },
})

Controller()(controller)
class Root {}
Module({ controllers: [controller] })(Root)

const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: ['error'] })
if (pipe) app.useGlobalPipes(pipe)
await prepare(app)
await app.listen(port, host)
ready()
