/** The process as the commands see it; handed in, so that a test can stand in its place. */
export interface Terminal {
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  stderr: NodeJS.WritableStream & { isTTY?: boolean };
  env: NodeJS.ProcessEnv;
  on(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
  off(event: 'SIGINT' | 'SIGTERM', listener: () => void): unknown;
}

/** A reader that went away (`| head`) is no error of ours: the verdict still is the exit status. */
export function ignoreGoneReaders({ stdout, stderr }: Terminal): void {
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
}

/** Resolves once the text has been handed to the system: a pipe must not lose the end of a report. */
export function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    stream.write(text, () => resolve());
  });
}

const DEFAULT_WIDTH = 80;

/** Columns of the terminal, or 80 where there is none. */
export function widthOf({ stdout }: Terminal): number {
  return stdout.columns ?? DEFAULT_WIDTH;
}

/** Whether to colour what goes to stdout: `--no-color`, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal. */
export function wantsColor({ stdout, env }: Terminal, flag: boolean): boolean {
  if (!flag || (env.NO_COLOR ?? '') !== '') return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return stdout.isTTY === true;
}
