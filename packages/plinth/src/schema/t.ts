/**
 * `t`: TypeBox, and the types that JSON has no words for, each with the one form in which it crosses the wire.
 * `t.BigInt` stands in for TypeBox's own, whose values no JSON can carry.
 */
export * from './typebox.ts'
export { BigInt, Bytes, DateTime as Date, Decimal, PlainDate, type TBigInt, type TBytes, type TDate } from './codecs.ts'
export { File, type FileLimits, type TFile } from './file.ts'
