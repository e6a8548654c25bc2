/** The fixtures' Collector with types: two replicas, and nothing that sends one trace to one of them. */
import { setTimeout as sleep } from 'node:timers/promises';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findCollector as find, startCollector as start } from '../../fixtures/parts/collector.mjs';

interface Collector {
  port: number;
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export interface CollectorConfig {
  processors?: Record<string, object>;
  exporters: Record<string, object>;
}

export const findCollector: () => string | undefined = find;
const startCollector: (options: { config: CollectorConfig; port: number }) => Promise<Collector> = start;

export interface Replicas {
  /** Ends those that run and starts others, each on its port. */
  restart(config: (replica: number) => CollectorConfig): Promise<void>;
  /** Lets them send what they hold. */
  stop(): Promise<void>;
}

export function replicas(ports: readonly number[]): Replicas {
  let running: Collector[] = [];
  const stop = async () => {
    await Promise.all(running.splice(0).map((each) => each.stop()));
  };
  return {
    stop,
    async restart(config) {
      await stop();
      running = await Promise.all(ports.map((port, replica) => startCollector({ config: config(replica), port })));
    },
  };
}

const SPANS_AT_ONCE = 500;
const BETWEEN_MS = 50;

/** Sends spans of a service that nobody declared to a Collector, some MiB a second, until aborted. */
export async function fill(port: number, signal: AbortSignal): Promise<void> {
  const span = { traceId: 'f'.repeat(32), spanId: 'f'.repeat(16), name: 'filler'.repeat(30), kind: 1 };
  const scopeSpans = [{ spans: Array.from({ length: SPANS_AT_ONCE }, () => span) }];
  const attributes = [{ key: 'service.name', value: { stringValue: 'filler' } }];
  const body = JSON.stringify({ resourceSpans: [{ resource: { attributes }, scopeSpans }] });
  while (!signal.aborted) {
    const headers = { 'content-type': 'application/json' };
    const { ok, status } = await fetch(`http://127.0.0.1:${port}/v1/traces`, { method: 'POST', headers, body });
    if (!ok) throw new Error(`the Collector answers ${status}`);
    await sleep(BETWEEN_MS);
  }
}
