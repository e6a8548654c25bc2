/** Every format, by the name that `--format` takes. Loaded when asked for, so that the others cost nothing. */
import type { Format } from './format.ts';

export const formats: Record<string, () => Promise<Format>> = {
  table: async () => (await import('./table.ts')).table,
  json: async () => (await import('./json.ts')).json,
  html: async () => (await import('./html.ts')).html,
};
