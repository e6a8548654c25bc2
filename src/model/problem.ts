/** What is wrong with something that the user gave, said to a person. */
export interface InputProblem {
  file: string;
  line: number;
  column: number;
  /** What is wrong and what was expected. */
  message: string;
  /** How to mend it: the nearest valid word, the right spelling. */
  hint?: string;
  /** `later`: `validate` takes it, `audit` and `collect` refuse it: it is not carried out yet, or is not allowed. */
  severity: 'error' | 'warning' | 'later';
}

/** What went wrong in the world, and what to check. */
export interface Complaint {
  message: string;
  hint: string;
}

/** An error that carries what to tell the person; thrown where there is no sink to hand a complaint to. */
export type ComplaintError = Error & { complaint: Complaint };

/** Something of this machine that is in the way before anything was sent (a port that is taken): exit 2. */
export type InTheWayError = ComplaintError & { code: 'in-the-way' };

/** An error whose `complaint` says what went wrong and what to check. */
export function complaintError(complaint: Complaint): ComplaintError {
  return Object.assign(new Error(complaint.message), { complaint });
}

/** The complaint that an error carries, if it is one of {@link complaintError}. */
export function complaintOf(error: unknown): Complaint | undefined {
  if (!(error instanceof Error) || !('complaint' in error)) return undefined;
  const { complaint } = error;
  if (typeof complaint !== 'object' || complaint === null) return undefined;
  if (!('message' in complaint) || !('hint' in complaint)) return undefined;
  const { message, hint } = complaint;
  return typeof message === 'string' && typeof hint === 'string' ? { message, hint } : undefined;
}

/** The error for something of this machine that is in the way. */
export function inTheWay(message: string, hint: string): InTheWayError {
  return Object.assign(complaintError({ message, hint }), { code: 'in-the-way' as const });
}
