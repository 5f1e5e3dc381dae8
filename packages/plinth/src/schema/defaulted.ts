import type {
  TArray,
  TArrayOptions,
  TBoolean,
  TEnum,
  TEnumValue,
  TInteger,
  TLiteral,
  TLiteralValue,
  TNumber,
  TNumberOptions,
  TObject,
  TObjectOptions,
  TProperties,
  TSchema,
  TSchemaOptions,
  TString,
  TStringOptions,
  TUnion,
} from 'typebox'
import type { TBigInt, TBytes, TDate } from './codecs.ts'
import * as codecs from './codecs.ts'
import * as box from './typebox.ts'

// TypeBox's types do not know of the options that a schema has, so a field that the server fills in would be required of every
// client. These are its functions, with that one option in their types. Overloads and no type parameter: those who give no options
// pay nothing, and the others one comparison.

/** Marks a schema with a `default`: a client may leave the field out, the handler always has it. In types alone. */
export interface Defaulted {
  readonly '~default': true
}
interface Default {
  readonly default: {} | null
}

interface Make<O, T> {
  (options: O & Default): T & Defaulted
  (options?: O): T
}
interface MakeArray {
  <T extends TSchema>(items: T, options: TArrayOptions & Default): TArray<T> & Defaulted
  <T extends TSchema>(items: T, options?: TArrayOptions): TArray<T>
}
interface MakeObject {
  <P extends TProperties>(properties: P, options: TObjectOptions & Default): TObject<P> & Defaulted
  <P extends TProperties>(properties: P, options?: TObjectOptions): TObject<P>
}
interface MakeUnion {
  <T extends TSchema[]>(anyOf: [...T], options: TSchemaOptions & Default): TUnion<T> & Defaulted
  <T extends TSchema[]>(anyOf: [...T], options?: TSchemaOptions): TUnion<T>
}
interface MakeLiteral {
  <V extends TLiteralValue>(value: V, options: TSchemaOptions & Default): TLiteral<V> & Defaulted
  <V extends TLiteralValue>(value: V, options?: TSchemaOptions): TLiteral<V>
}
interface MakeEnum {
  <V extends TEnumValue[]>(values: readonly [...V], options: TSchemaOptions & Default): TEnum<V> & Defaulted
  <V extends TEnumValue[]>(values: readonly [...V], options?: TSchemaOptions): TEnum<V>
}

export const String = box.String as Make<TStringOptions, TString>
export const Number = box.Number as Make<TNumberOptions, TNumber>
export const Integer = box.Integer as Make<TNumberOptions, TInteger>
export const Boolean = box.Boolean as Make<TSchemaOptions, TBoolean>
export const Array = box.Array as MakeArray
const object = box.Object as MakeObject
export { object as Object }
export const Union = box.Union as MakeUnion
export const Literal = box.Literal as MakeLiteral
export const Enum = box.Enum as MakeEnum & typeof box.Enum
export const Date = codecs.DateTime as Make<TSchemaOptions, TDate>
export const PlainDate = codecs.PlainDate as Make<TSchemaOptions, TString>
export const BigInt = codecs.BigInt as Make<TStringOptions, TBigInt>
export const Decimal = codecs.Decimal as Make<TStringOptions, TString>
export const Bytes = codecs.Bytes as Make<TStringOptions, TBytes>
