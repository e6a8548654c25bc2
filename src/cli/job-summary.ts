/** On GitHub Actions an audit shows itself in the job summary, without being asked. */
import { appendFile, stat } from 'node:fs/promises';
import type { Report } from '../model/report.ts';
import { type Terminal, write } from './terminal.ts';

/** What GitHub takes of one step; more and it shows nothing. */
const MOST = 1024 * 1024;
/** With less room than this it would only say that there is more. */
const LEAST = 4096;

/** Appends the report as Markdown to the file that GITHUB_STEP_SUMMARY names; a failure is only told. */
export async function appendJobSummary(report: Report, { env, stderr }: Terminal): Promise<void> {
  const file = env.GITHUB_STEP_SUMMARY ?? '';
  if (file === '') return;
  const { markdownWithin } = await import('../report/markdown.ts');
  try {
    const used = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    const room = MOST - used - 1;
    if (room < LEAST) {
      await write(stderr, `the job summary ${file} is full: the report was not added to it\n`);
      return;
    }
    await appendFile(file, `${used === 0 ? '' : '\n'}${markdownWithin(report, room)}`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await write(stderr, `the job summary could not be written: ${reason}\n`);
  }
}
