/** Every format, by the name that `--format` takes. Loaded when asked for, so that the others cost nothing. */
import type { Format } from './format.ts';

export const formats: Record<string, () => Promise<Format>> = {
  table: async () => (await import('./table.ts')).table,
  json: async () => (await import('./json.ts')).json,
  junit: async () => (await import('./junit.ts')).junit,
  sarif: async () => (await import('./sarif.ts')).sarif,
  markdown: async () => (await import('./markdown.ts')).markdown,
  github: async () => (await import('./github.ts')).github,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  prometheus: async () => (await import('./prometheus.ts')).prometheus,
  otlp: async () => (await import('./otlp.ts')).otlp,
  dot: async () => (await import('./dot.ts')).dot,
};
