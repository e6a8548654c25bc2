/** Something that the user gave or that is in the way on this machine: one message, no stack trace (exit 2). */
import type { InputProblem } from '../model/problem.ts';

export interface TracegapError extends Error {
  name: 'TracegapError';
  /**
   * `bad-topology`: the topology has problems; `bad-input`: something else that was given is wrong or cannot be read;
   * `in-the-way`: something of this machine (a port that is taken). Nothing was sent.
   */
  code: 'bad-topology' | 'bad-input' | 'in-the-way';
  /** What is wrong with the topology, in the order of the file; empty unless `bad-topology`. */
  problems: InputProblem[];
}

/** @param message what is wrong and how to mend it, for a person; several lines where there are several problems */
export function userError(
  message: string,
  { code = 'bad-input', problems = [], cause }: Partial<Pick<TracegapError, 'code' | 'problems' | 'cause'>> = {},
): TracegapError {
  const error = cause === undefined ? new Error(message) : new Error(message, { cause });
  return Object.assign(error, { name: 'TracegapError' as const, code, problems });
}

/** Whether it is an error for the user, not a bug. */
export function isUserError(error: unknown): error is TracegapError {
  return error instanceof Error && error.name === 'TracegapError';
}
