/** The fixtures' portal: real Express services behind a login, with real OpenTelemetry SDKs. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { freePorts } from '../../fixtures/parts/ports.mjs';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { startProcess } from '../../fixtures/parts/process.mjs';

const fixture = (path: string): string => new URL(`../../fixtures/${path}`, import.meta.url).pathname;

export const PASSWORD = 'open-sesame-9';

interface Service {
  log(): string;
  stop(): Promise<void>;
}

export interface Portal {
  port: number;
  receiverPort: number;
  folder: string;
  /** Everything that the portal logged so far, a line each. */
  lines(): string[];
  shelfLines(): string[];
  /** Writes a file beside the topologies; its path. */
  write(name: string, content: string | Uint8Array): Promise<string>;
  stop(): Promise<void>;
}

/** Starts a service of `fixtures/reach/portal.cjs` under a name. */
export async function startService(name: string, env: Record<string, string>, receiverPort: number): Promise<Service> {
  const args = ['--require', fixture('shop/services/instrumentation.cjs'), fixture('reach/portal.cjs')];
  const telemetry = {
    OTEL_SERVICE_NAME: name,
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_LOGS_EXPORTER: 'none',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${receiverPort}`,
    OTEL_BSP_SCHEDULE_DELAY: '100',
    OTEL_EXPORTER_OTLP_TIMEOUT: '700',
  };
  const ready = (log: string): boolean => log.includes('listening');
  return startProcess({ name, command: process.execPath, args, env: { ...telemetry, PASSWORD, ...env }, ready });
}

/** @param env of the portal, such as the files of its TLS */
export async function startPortal(env: Record<string, string> = {}): Promise<Portal> {
  const [port, shelfPort, receiverPort]: number[] = await freePorts(3);
  if (port === undefined || shelfPort === undefined || receiverPort === undefined) throw new Error('no ports');
  const folder = await mkdtemp(join(tmpdir(), 'tracegap-portal-'));
  const [portal, shelf] = await Promise.all([
    startService('portal', { PORT: String(port), SHELF_URL: `http://127.0.0.1:${shelfPort}`, ...env }, receiverPort),
    startService('shelf', { PORT: String(shelfPort) }, receiverPort),
  ]);
  const linesOf = (service: Service): string[] => service.log().trim().split('\n');
  return {
    port,
    receiverPort,
    folder,
    lines: () => linesOf(portal),
    shelfLines: () => linesOf(shelf),
    async write(name, content) {
      const file = join(folder, name);
      await writeFile(file, content);
      return file;
    },
    async stop() {
      await Promise.all([portal.stop(), shelf.stop()]);
      await rm(folder, { recursive: true });
    },
  };
}
