/** What is wrong with something that the user gave, said to a person. */
export interface InputProblem {
  file: string;
  line: number;
  column: number;
  /** What is wrong and what was expected. */
  message: string;
  /** How to mend it: the nearest valid word, the right spelling. */
  hint?: string;
  /** `later`: a part of SURFACE that is read but not carried out yet; `audit` and `collect` refuse it. */
  severity: 'error' | 'warning' | 'later';
}

/** What went wrong in the world, and what to check. */
export interface Complaint {
  message: string;
  hint: string;
}
