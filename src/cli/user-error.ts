/** Something that the user gave or that is in the way on this machine: exit 2, one message, no stack trace. */
export type UserError = Error & { code: 'user-error' };

/** @param message what is wrong and how to mend it, for a person; several lines where there are several problems */
export function userError(message: string): UserError {
  return Object.assign(new Error(message), { code: 'user-error' as const });
}

export function isUserError(error: unknown): error is UserError {
  return error instanceof Error && 'code' in error && error.code === 'user-error';
}
