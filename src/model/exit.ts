/** Exit statuses that pipelines gate on (SURFACE §2). */
export const EXIT = { ok: 0, broken: 1, wrongInput: 2, undecided: 3, bug: 70, interrupted: 130 } as const;
