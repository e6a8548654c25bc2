/** A report in any of the formats. */
import { closest } from 'fastest-levenshtein';
import type { Report } from '../model/report.ts';
import type { Format, FormatOptions } from '../report/format.ts';
import { formats } from '../report/index.ts';
import { userError } from './user-error.ts';

/** @throws a user error where there is no such format */
export async function loadFormat(name: string): Promise<Format> {
  const load = Object.hasOwn(formats, name) ? formats[name] : undefined;
  if (load !== undefined) return load();
  const names = Object.keys(formats);
  throw userError(`there is no format "${name}"; did you mean ${closest(name, names)}? Formats: ${names.join(', ')}`);
}

const DEFAULT_WIDTH = 80;

/**
 * The text that `tracegap render --format <name>` prints.
 * @param format `table`, `json`, `junit` and the others that `tracegap render --help` lists
 * @throws a {@link TracegapError} where there is no such format
 */
export async function render(
  report: Report,
  format: string,
  { color = false, width = DEFAULT_WIDTH }: Partial<FormatOptions> = {},
): Promise<string> {
  return (await loadFormat(format)).render(report, { color, width });
}
