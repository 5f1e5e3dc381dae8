/**
 * `t`: TypeBox, and the types that JSON has no words for, each with the one form in which it crosses the wire.
 * `t.BigInt` stands in for TypeBox's own, whose values no JSON can carry.
 */
export * from './typebox.ts'
export type { TBigInt, TBytes, TDate } from './codecs.ts'
export {
  Array,
  BigInt,
  Boolean,
  Bytes,
  Date,
  Decimal,
  Enum,
  Integer,
  Literal,
  Number,
  Object,
  PlainDate,
  String,
  Union,
} from './defaulted.ts'
export { File, type FileLimits, type TFile } from './file.ts'
