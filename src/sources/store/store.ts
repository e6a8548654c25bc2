/** The contract of a trace store's client, and what it throws. */
import { type Complaint, complaintError } from '../../model/problem.ts';
import type { DecodedBatch } from '../otlp/batch.ts';

/** What is asked for in one poll. */
export interface Wanted {
  /** Traces to fetch whole, hex. */
  traceIds: readonly string[];
  /** Orphans stand in none of these traces: what services did between two times, ms since the epoch. */
  services: readonly string[];
  from: number;
  until: number;
  /** First 8 hex digits of every probe id of the run. */
  runId: string;
}

export interface StoreClient {
  /** Whether it answers at all. @throws StoreError */
  ping(signal: AbortSignal): Promise<void>;
  /**
   * Hands over each answer as it comes. A trace that is not there yet is no error.
   * @returns what keeps the answers from being whole, if anything does
   * @throws StoreError, or what `isMalformed` knows
   */
  ask(wanted: Wanted, take: (batch: DecodedBatch) => void, signal: AbortSignal): Promise<Complaint | undefined>;
  /** Destroys what is open. */
  close(): Promise<void>;
}

/** A store that could not be asked. */
export type StoreError = Error & { code: 'store'; complaint: Complaint; retryAfterMs?: number };

/** @param retryAfterMs how long it wants to be left alone */
export function storeError(message: string, hint: string, retryAfterMs?: number): StoreError {
  return Object.assign(complaintError({ message, hint }), {
    code: 'store' as const,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

export function isStoreError(error: unknown): error is StoreError {
  return error instanceof Error && 'code' in error && error.code === 'store';
}
