/** Keys that several messages share, with their limits. */
import * as v from 'valibot'

/** One step instead of `number` and `integer`: whoever sends a text is told at once that it must be whole. */
export const Integer = v.custom<number>(Number.isInteger, 'must be a whole number')
/** An exercise's id; also every ordinary `hello` carries one, so that a connection without one is a broken one. */
export const Nonce = v.pipe(v.string(), v.minLength(8), v.maxLength(64))
/** Number of a request within its session. */
export const RequestId = v.pipe(Integer, v.minValue(0), v.maxValue(2 ** 31))
/** A host's or device's name; 255 is the longest DNS name. */
export const Name = v.pipe(v.string(), v.minLength(1), v.maxLength(255))
export const Guid = v.pipe(v.string(), v.regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/))
export const Version = v.pipe(v.string(), v.minLength(1), v.maxLength(32))
/** 0 "Managed devices", 1 "Unassigned devices", from 3 those of the administrator. */
export const GroupId = v.pipe(Integer, v.minValue(0))
export type GroupId = v.InferOutput<typeof GroupId>
/** Milliseconds since 1970; the most is the last moment that a Date can hold (ECMA-262 section 21.4.1.1). */
export const Time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15))
export const Bytes = v.custom<Uint8Array>(value => value instanceof Uint8Array, 'must be bytes')
export const Revisioned = v.object({ id: Name, name: Name, revision: Integer })
