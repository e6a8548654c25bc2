/** The fixtures' Collector with types: two replicas, and nothing that sends one trace to one of them. */
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
