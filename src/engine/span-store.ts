/** The spans of a run: those that have to do with something known in the index, the others in the waiting room. */

import { askedBySpan, askedByTrace, isAskedFor, keysOf } from '../evidence/asked-for.ts';
import { forgetTrace } from '../evidence/forget.ts';
import { observeSpan } from '../evidence/observe.ts';
import { type IndexedSpan, noteEmitter } from '../evidence/span-index.ts';
import { probesOf, type Ties } from '../evidence/tied.ts';
import type { SpanRecord } from '../model/evidence.ts';
import { createWaitingRoom } from './waiting-room.ts';

/** Spans in the index that nothing ties; the oldest traces go first. */
const MOST_UNTIED = 50_000;
/** How many of them stay when there are too many: a Map gets slow whose first entries are deleted one by one. */
const UNTIED_THAT_STAY = 40_000;
/** Spans of one trace: one that grows beyond it leaks, and what comes then is only counted. */
const MOST_OF_A_TRACE = 10_000;

export interface SpanStore {
  /** The span as indexed; undefined where it was known, or where nothing has to do with it yet. */
  add(record: SpanRecord): IndexedSpan | undefined;
  /** Takes spans that wait under one of the keys into the index, and all that these ask for. */
  ask(keys: readonly string[]): void;
  /** All that are kept. */
  all(): SpanRecord[];
  /** How many could not be kept. */
  dropped(): number;
}

export function createSpanStore(ties: Ties): SpanStore {
  const { traces } = ties.index;
  const waiting = createWaitingRoom();
  const asked: string[] = [];
  let dropped = 0;
  let untied = 0;

  ties.onTie.push((_, traceId) => asked.push(...askedByTrace(traceId)));

  const makeRoom = (): void => {
    for (const [id, trace] of traces) {
      if (untied <= UNTIED_THAT_STAY) return;
      if (probesOf(ties, id).size > 0) continue;
      untied -= trace.spans.length;
      dropped += trace.spans.length;
      forgetTrace(ties, trace);
    }
  };
  const observe = (record: SpanRecord): IndexedSpan | undefined => {
    if ((traces.get(record.traceId)?.spans.length ?? 0) >= MOST_OF_A_TRACE) {
      dropped += 1;
      return undefined;
    }
    const span = observeSpan(ties, record);
    if (span === undefined) return undefined;
    asked.push(...askedBySpan(span));
    if (probesOf(ties, record.traceId).size === 0) {
      untied += 1;
      if (untied > MOST_UNTIED) makeRoom();
    }
    return span;
  };
  const answer = (): void => {
    for (let key = asked.pop(); key !== undefined; key = asked.pop()) waiting.take(key).forEach(observe);
  };

  return {
    add(record) {
      const node = ties.index.nodeOf(record);
      const keys = keysOf(record, node);
      if (!isAskedFor(ties, record, keys)) {
        noteEmitter(ties.index, node);
        waiting.add(record, keys);
        return undefined;
      }
      const span = observe(record);
      answer();
      return span;
    },
    ask(keys) {
      asked.push(...keys);
      answer();
    },
    all: () => [...[...traces.values()].flatMap((trace) => trace.spans.map(({ record }) => record)), ...waiting.all()],
    dropped: () => dropped + waiting.dropped(),
  };
}
