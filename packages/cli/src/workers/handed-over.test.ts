import type { ChildProcess } from 'node:child_process'
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { closeHandedOver } from './handed-over.ts'

class Child extends EventEmitter {
  readonly sent: unknown[] = []
  send(...args: readonly unknown[]): boolean {
    this.sent.push(args[0])
    return true
  }
}

class Handle {
  closed = 0
  close(): void {
    this.closed++
  }
}

test('closes the connections that a worker did not take before it ended, and no others', () => {
  const child = new Child()
  closeHandedOver(child as unknown as ChildProcess)
  const [taken, left, other] = [new Handle(), new Handle(), new Handle()]
  child.send({ cmd: 'NODE_CLUSTER', act: 'newconn', seq: 1 }, taken)
  child.send({ cmd: 'NODE_CLUSTER', act: 'newconn', seq: 2 }, left)
  child.send({ type: 'close' }, other)
  child.send({ cmd: 'NODE_CLUSTER', ack: 7 })
  expect(child.sent).toHaveLength(4)
  child.emit('internalMessage', { cmd: 'NODE_CLUSTER', ack: 1, accepted: true })
  child.emit('internalMessage', { cmd: 'NODE_HANDLE_ACK' })
  child.emit('exit', null, 'SIGKILL')
  expect([taken.closed, left.closed, other.closed]).toEqual([0, 1, 0])
})
