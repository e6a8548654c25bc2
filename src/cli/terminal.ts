/** The process as the commands see it; handed in, so that a test can stand in its place. */
export interface Terminal {
  stdout: NodeJS.WritableStream & { isTTY?: boolean; columns?: number };
  stderr: NodeJS.WritableStream & { isTTY?: boolean; columns?: number; rows?: number };
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

/** Columns of the terminal, or 80 where there is none or it does not know (`script`, some CI: 0). */
export function widthOf({ columns }: { columns?: number }): number {
  return columns || DEFAULT_WIDTH;
}

/** Whether to colour what goes to a stream: `--no-color`, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal. */
export function wantsColor({ isTTY }: { isTTY?: boolean }, env: NodeJS.ProcessEnv, flag: boolean): boolean {
  if (!flag || (env.NO_COLOR ?? '') !== '') return false;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTTY === true;
}

/** Whether a person watches a stream: a terminal that moves its cursor, and no log of a pipeline. */
export function isWatched({ isTTY }: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  return isTTY === true && !isPipeline(env) && env.TERM !== 'dumb';
}

/** Terminals that show OSC 8 links, by what they say of themselves. */
const LINKING = new Set(['iTerm.app', 'WezTerm', 'vscode', 'ghostty', 'Hyper', 'Tabby', 'rio']);
/** Versions of the VTE library before this one show the link as text. */
const LINKING_VTE = 5000;

/** Whether a stream's terminal shows links: known ones only, as others show the address as rubbish. */
export function showsLinks(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): boolean {
  if (!isWatched(stream, env)) return false;
  const known = LINKING.has(env.TERM_PROGRAM ?? '') || env.TERM === 'xterm-kitty' || env.WT_SESSION !== undefined;
  return known || Number(env.VTE_VERSION ?? 0) >= LINKING_VTE;
}

function isPipeline({ CI }: NodeJS.ProcessEnv): boolean {
  return CI !== undefined && CI !== '' && CI !== 'false' && CI !== '0';
}
