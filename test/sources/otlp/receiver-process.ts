/** A receiver in a process of its own, to be killed, or to run on another Node. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { closeLater } from './receiver-rig.ts';

const PROCESS = fileURLToPath(new URL('receiver-process.mjs', import.meta.url));

export interface ReceiverProcess {
  http: string;
  grpc: string;
  /** Ids of the spans that it handed over so far. */
  spans: Set<string>;
  problems: string[];
  /** The most memory that it took so far, in bytes. */
  mostMemory(): Promise<number>;
  kill(): Promise<void>;
}

/** Resolves once it listens. */
export async function startReceiver(
  addresses: { http?: string; grpc?: string },
  node: string = process.execPath,
): Promise<ReceiverProcess> {
  const config = JSON.stringify({ name: 'main', ...addresses });
  const child = spawn(node, [PROCESS, config], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  closeLater(kill);
  const spans = new Set<string>();
  const problems: string[] = [];
  const lines = createInterface({ input: child.stdout });
  const waiting: ((line: Record<string, unknown>) => void)[] = [];
  const next = (): Promise<Record<string, unknown>> => new Promise((resolve) => waiting.push(resolve));
  lines.on('line', (text) => {
    const line = JSON.parse(text);
    if (line.spans !== undefined) for (const id of line.spans) spans.add(id);
    else if (line.problem !== undefined) problems.push(line.problem);
    else waiting.shift()?.(line);
  });
  const { http, grpc } = await Promise.race([next(), exit.then(() => Promise.reject(new Error('it ended')))]);
  return {
    http: String(http),
    grpc: String(grpc),
    spans,
    problems,
    mostMemory: async () => {
      child.stdin.write('\n');
      return Number((await next()).bytes);
    },
    kill,
  };
}
