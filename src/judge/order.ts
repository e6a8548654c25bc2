/** The causes in the order in which they are tried; the first that holds is the finding (DESIGN §5). */
import { bypassed } from './causes/bypassed.ts';
import { baggageLost, flagChanged, tracestateLost } from './causes/dropped-state.ts';
import { crossTalk, lostInProcess } from './causes/lost-in-process.ts';
import { exportLost, ghostParent } from './causes/missing-parent.ts';
import { notExtracted } from './causes/not-extracted.ts';
import { notInjected } from './causes/not-injected.ts';
import {
  linkUnseen,
  nothingSeen,
  notReached,
  probeFailed,
  sourceDown,
  spansDropped,
  tapDown,
  trailLost,
  undeclaredCaller,
} from './causes/not-seen.ts';
import { restarted } from './causes/restarted.ts';
import { silent } from './causes/silent.ts';
import { stripped } from './causes/stripped.ts';
import { duplicated, malformed, truncated, wrongFormat } from './causes/unreadable.ts';
import { unsampled } from './causes/unsampled.ts';
import { wrongParent } from './causes/wrong-parent.ts';
import type { JudgeCause } from './view.ts';

/** Why the receiver did not go on, or was not seen. */
export const NOT_CONTINUED: readonly JudgeCause[] = [
  notInjected,
  truncated,
  lostInProcess,
  crossTalk,
  stripped,
  restarted,
  notExtracted,
  malformed,
  duplicated,
  wrongFormat,
  bypassed,
  // What follows rests on something that no source handed over.
  sourceDown,
  linkUnseen,
  ghostParent,
  wrongParent,
  unsampled,
  exportLost,
  undeclaredCaller,
  silent,
  notReached,
  tapDown,
  probeFailed,
  trailLost,
  spansDropped,
  nothingSeen,
];

/** What may be wrong although the receiver went on; several may hold. */
export const BESIDE: readonly JudgeCause[] = [
  malformed,
  duplicated,
  truncated,
  wrongFormat,
  tracestateLost,
  baggageLost,
  flagChanged,
];
