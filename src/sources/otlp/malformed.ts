/** A body that is no OTLP. It is refused as a whole, and whoever sent it is told why. */

export type MalformedError = Error & { code: 'otlp-malformed' };

/** The only error that decoding throws. */
export function malformed(message: string): MalformedError {
  return Object.assign(new Error(message), { code: 'otlp-malformed' as const });
}

/** Whether an error is a refusal by a decoder rather than a bug. */
export function isMalformed(error: unknown): error is MalformedError {
  return error instanceof Error && 'code' in error && error.code === 'otlp-malformed';
}
