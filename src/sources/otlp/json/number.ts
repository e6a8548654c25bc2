/** Numbers of OTLP/JSON: 64-bit ones may be decimal strings or JSON numbers, and lose nothing either way. */
import { malformed } from '../malformed.ts';
import type { JsonObject } from './shape.ts';

const LARGE_NUMBER = /"(startTimeUnixNano|endTimeUnixNano|intValue)"(\s*:\s*)(-?\d{16,})(?=[\s,}])/g;
const DIGITS = /^-?\d{1,20}$/;
const UINT64_MAX = 2n ** 64n - 1n;

/**
 * Turns the 64-bit numbers that a double cannot hold into strings before `JSON.parse` rounds them. Inside a string
 * the pattern does not match, for quotes are escaped there.
 */
export function withExactNumbers(json: string): string {
  return json.replace(LARGE_NUMBER, '"$1"$2"$3"');
}

/** A uint64 in decimal digits, `0` where it is absent. */
export function uint64At(parent: JsonObject, key: string): string {
  const value = integerOf(parent[key] ?? 0, key);
  if (value < 0n || value > UINT64_MAX) throw malformed(`${key}: expected an unsigned 64-bit number`);
  return String(value);
}

/** An int64: a number where that is exact, else its decimal digits. */
export function int64Of(value: unknown): number | string {
  const exact = BigInt.asIntN(64, integerOf(value, 'intValue'));
  const asNumber = Number(exact);
  return Number.isSafeInteger(asNumber) ? asNumber : String(exact);
}

/** A 32-bit number, 0 where it is absent. */
export function uint32At(parent: JsonObject, key: string): number {
  return Number(BigInt.asUintN(32, integerOf(parent[key] ?? 0, key)));
}

/** A double; JSON has no other way to write three of them than by name. */
export function doubleOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const isNumber = typeof value === 'string' && value !== '' && (value === 'NaN' || !Number.isNaN(Number(value)));
  if (!isNumber) throw malformed('doubleValue: expected a number, "NaN", "Infinity" or "-Infinity"');
  return Number(value);
}

function integerOf(value: unknown, key: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && DIGITS.test(value)) return BigInt(value);
  throw malformed(`${key}: expected a whole number or a string of decimal digits`);
}
