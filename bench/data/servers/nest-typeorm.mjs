import 'reflect-metadata'
import {
  Body,
  Controller,
  Get,
  Header,
  HttpCode,
  Module,
  NotFoundException,
  Param,
  ParseIntPipe,
  Patch,
  Post,
  Query,
  ValidationPipe,
} from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import { getRepositoryToken, TypeOrmModule } from '@nestjs/typeorm'
import { IsInt, IsOptional, IsString } from 'class-validator'
import { EntitySchema, MoreThan } from 'typeorm'
import { dto, method } from '../../lib/decorate.mjs'
import { countOf, host, htmlType, page, POOL_SIZE, poolSettings, port, randomIds, randomNumber, ready, sorted, url } from './common.mjs'

const id = { type: Number, primary: true, generated: 'identity', generatedIdentity: 'BY DEFAULT' }
const createdAt = { name: 'created_at', type: 'timestamp with time zone', createDate: true }
const written = {
  id,
  title: { type: 'text' },
  body: { type: 'text' },
  authorId: { name: 'author_id', type: Number },
  createdAt,
}

const User = new EntitySchema({
  name: 'User',
  tableName: 'users',
  columns: { id, name: { type: 'text' }, email: { type: 'text', unique: true }, bio: { type: 'text' }, createdAt },
})
const author = { type: 'many-to-one', target: 'User', joinColumn: { name: 'author_id' } }
const Written = new EntitySchema({ name: 'Post', tableName: 'posts', columns: written, relations: { author } })
const Note = new EntitySchema({ name: 'Note', tableName: 'notes', columns: written })
const World = new EntitySchema({
  name: 'World',
  tableName: 'world',
  columns: { id: { type: Number, primary: true }, randomNumber: { name: 'random_number', type: Number } },
})
const Fortune = new EntitySchema({
  name: 'Fortune',
  tableName: 'fortune',
  columns: { id: { type: Number, primary: true }, message: { type: 'text' } },
})
const entities = [User, Written, Note, World, Fortune]

const CreateNote = dto({ title: [String, IsString()], body: [String, IsString()], authorId: [Number, IsInt()] })
const UpdateNote = dto({ title: [String, IsOptional(), IsString()], body: [String, IsOptional(), IsString()] })

class Rest {
  constructor(users, posts, notes) {
    Object.assign(this, { users, posts, notes })
  }
  async user(id) {
    return (await this.users.findOneBy({ id })) ?? missing()
  }
  list(id) {
    return this.users.findBy({ id })
  }
  page(after, take) {
    return this.posts.find({
      select: { id: true, title: true, body: true, createdAt: true, author: { id: true, name: true } },
      relations: { author: true },
      where: { id: MoreThan(after) },
      order: { id: 'ASC' },
      take,
    })
  }
  async insert(row) {
    const { generatedMaps } = await this.notes.insert(row)
    return { ...row, ...generatedMaps[0] }
  }
  async update(id, changes) {
    const { affected } = await this.notes.update(id, changes)
    return affected === 0 ? missing() : this.notes.findOneBy({ id })
  }
}

class Handwritten {
  constructor(worlds, fortunes) {
    Object.assign(this, { worlds, fortunes })
  }
  one() {
    return this.worlds.findOneBy({ id: randomNumber() })
  }
  some(queries) {
    return Promise.all(randomIds(countOf(queries)).map((id) => this.worlds.findOneBy({ id })))
  }
  async page() {
    return page(sorted(await this.fortunes.find()))
  }
  async change(queries) {
    const rows = await this.some(queries)
    for (const row of rows) row.randomNumber = randomNumber()
    await this.worlds.upsert(rows, ['id'])
    return rows
  }
}

function missing() {
  throw new NotFoundException()
}

const byId = Param('id', ParseIntPipe)
method(Rest, 'user', [Number], [byId], Get('users/:id'))
method(Rest, 'list', [Number], [Query('id', ParseIntPipe)], Get('users'))
method(Rest, 'page', [Number, Number], [Query('after', ParseIntPipe), Query('limit', ParseIntPipe)], Get('posts'))
method(Rest, 'insert', [CreateNote], [Body()], Post('notes'), HttpCode(201))
method(Rest, 'update', [Number, UpdateNote], [byId, Body()], Patch('notes/:id'))
method(Handwritten, 'one', [], [], Get('db'))
method(Handwritten, 'some', [String], [Query('queries')], Get('queries'))
method(Handwritten, 'page', [], [], Get('fortunes'), Header('Content-Type', htmlType))
method(Handwritten, 'change', [String], [Query('queries')], Get('updates'))
injected(Rest, [User, Written, Note])
injected(Handwritten, [World, Fortune])
Controller('rest')(Rest)
Controller()(Handwritten)

/** The constructor's parameters are repositories, as `@InjectRepository` says. */
function injected(controller, schemas) {
  Reflect.defineMetadata(
    'self:paramtypes',
    schemas.map((schema, index) => ({ index, param: getRepositoryToken(schema) })),
    controller,
  )
}

class Root {}
const { idleTimeoutMillis } = poolSettings
Module({
  imports: [
    TypeOrmModule.forRoot({ type: 'postgres', url, entities, poolSize: POOL_SIZE, extra: { idleTimeoutMillis } }),
    TypeOrmModule.forFeature(entities),
  ],
  controllers: [Rest, Handwritten],
})(Root)

const app = await NestFactory.create(Root, new FastifyAdapter(), { logger: ['error'] })
app.useGlobalPipes(new ValidationPipe({ transform: true }))
await app.listen(port, host)
ready()
