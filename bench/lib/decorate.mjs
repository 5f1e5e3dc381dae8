// Node runs no decorators, so they are applied by hand in the order in which TypeScript's output applies them.
import 'reflect-metadata'

/** `@decorators class { @… method(@parameters …) }` for one method. */
export function method(target, name, parameterTypes, parameters, ...decorators) {
  parameters.forEach((decorate, at) => decorate(target.prototype, name, at))
  const descriptor = Object.getOwnPropertyDescriptor(target.prototype, name)
  for (const decorate of decorators.reverse()) decorate(target.prototype, name, descriptor)
  Reflect.defineMetadata('design:paramtypes', parameterTypes, target.prototype, name)
}

/** A class whose fields carry class-validator's decorators. */
export function dto(fields) {
  const made = class {}
  for (const [name, [type, ...decorators]] of Object.entries(fields)) {
    Reflect.defineMetadata('design:type', type, made.prototype, name)
    for (const decorate of decorators) decorate(made.prototype, name)
  }
  return made
}
