import type { TCodec, TSchemaOptions, TString, TStringOptions } from 'typebox'
import { bigintPattern, decimalPattern } from './formats.ts'
import { CodecError } from './codec-projectors.ts'
import { Codec, String as Text } from './typebox.ts'

/** A `Date` in the application; ISO 8601 in UTC on the wire. */
export type TDate = TCodec<TString, Date>
/** A `bigint` in the application; decimal digits in a string on the wire, since JSON's numbers lose them past 2^53. */
export type TBigInt = TCodec<TString, bigint>
/** A `Uint8Array` in the application; base64 in a string on the wire. */
export type TBytes = TCodec<TString, Uint8Array>

/** More digits cost more than linear time to read, and mean nothing. */
const MAX_DIGITS = 100

/**
 * A moment. Any offset is read (`2026-01-31T10:30:00+01:00`); what is written is UTC with milliseconds
 * (`2026-01-31T09:30:00.000Z`). For a day without a time there is {@link PlainDate}.
 */
export function DateTime(options: TSchemaOptions = {}): TDate {
  return Codec(Text({ ...options, format: 'date-time' }))
    .Decode(readInstant)
    .Encode(writeInstant)
}

function readInstant(text: string): Date {
  const date = new Date(text)
  // RFC 3339 allows a leap second and RFC 9557 a zone in brackets; a Date has neither.
  if (Number.isNaN(date.getTime())) throw new CodecError('must be a date and time with an offset, such as 2026-01-31T09:30:00Z')
  return date
}

function writeInstant(date: Date): string {
  if (!(date instanceof Date) || Number.isNaN(date.getTime())) throw new CodecError('must be a valid Date')
  return date.toISOString()
}

/**
 * A day without a time, `2026-01-31`, a string on both sides: a `Date` would be a different day in another time zone.
 */
export function PlainDate(options: TSchemaOptions = {}): TString {
  return Text({ ...options, format: 'date' })
}

/** A whole number of any size. Takes up to 100 digits unless `maxLength` says otherwise. */
export function BigInt(options: TStringOptions = {}): TBigInt {
  return Codec(Text({ maxLength: MAX_DIGITS, ...options, format: 'bigint', pattern: bigintPattern }))
    .Decode((text) => globalThis.BigInt(text))
    .Encode((value) => {
      if (typeof value !== 'bigint') throw new CodecError('must be a bigint')
      return value.toString()
    })
}

/**
 * A decimal number such as `12.50`, a string on both sides: it is exact, databases take and give it so, and whoever
 * calculates chooses the library. Takes up to 100 characters unless `maxLength` says otherwise.
 */
export function Decimal(options: TStringOptions = {}): TString {
  return Text({ maxLength: MAX_DIGITS, ...options, format: 'decimal', pattern: decimalPattern })
}

/** Bytes. `maxLength` counts the characters of the base64, a third more than the bytes. */
export function Bytes(options: TStringOptions = {}): TBytes {
  return Codec(Text({ ...options, format: 'byte', contentEncoding: 'base64' }))
    .Decode(readBase64)
    .Encode(writeBase64)
}

function readBase64(text: string): Uint8Array {
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return bytes
}

/** `String.fromCharCode` takes its bytes as arguments, of which there may not be too many. */
const CHUNK = 8192

function writeBase64(bytes: Uint8Array): string {
  if (!(bytes instanceof Uint8Array)) throw new CodecError('must be a Uint8Array')
  let binary = ''
  for (let start = 0; start < bytes.length; start += CHUNK) binary += String.fromCharCode(...bytes.subarray(start, start + CHUNK))
  return btoa(binary)
}
