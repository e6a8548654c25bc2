/** A file in a folder of its own, and the source that reads it. */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpanRecord } from '../../src/model/evidence.ts';
import type { Complaint } from '../../src/model/problem.ts';
import { type FileLimits, openOtlpFile } from '../../src/sources/otlp-file.ts';
import type { OpenSource } from '../../src/sources/source.ts';
import { settingsFor } from './otlp/settings.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

export interface OpenFile {
  source: OpenSource;
  /** Names of the spans that were handed over, in order. */
  names: string[];
  spans: SpanRecord[];
  problems: Complaint[];
}

const open: (() => unknown)[] = [];

/** To be called after each test: closes what it opened. */
export async function closeAll(): Promise<void> {
  for (const close of open.splice(0).reverse()) await close();
}

function closeLater(close: () => unknown): void {
  open.push(close);
}

/** A path in a new folder; nothing is there yet. */
export function newPath(name = 'spans.jsonl'): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracegap-otlp-file-'));
  closeLater(() => rmSync(folder, { recursive: true }));
  return join(folder, name);
}

/** A file with this in it. */
export function fileWith(content: string | Buffer): string {
  const path = newPath();
  writeFileSync(path, content);
  return path;
}

export function append(path: string, ...content: (string | Buffer)[]): void {
  for (const piece of content) appendFileSync(path, piece);
}

export async function openFile(path: string, limits?: FileLimits, clock?: () => number): Promise<OpenFile> {
  const names: string[] = [];
  const spans: SpanRecord[] = [];
  const problems: Complaint[] = [];
  const sink = {
    spans: (batch: SpanRecord[]) => {
      spans.push(...batch);
      names.push(...batch.map(({ name }) => name));
    },
    problem: (problem: Complaint) => problems.push(problem),
  };
  const { needles } = settingsFor();
  const source = await openOtlpFile({ name: 'file', path }, needles, new Set(), sink, clock, limits);
  closeLater(source.close);
  return { source, names, spans, problems };
}

/** A line with one span of that name, without its newline. */
export function lineOf(name: string, more: object = {}): string {
  const span = { traceId: TRACE_ID, spanId: 'b7ad6b7169203331', name, ...more };
  return JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] });
}

export function linesOf(...names: string[]): string {
  return names.map((name) => `${lineOf(name)}\n`).join('');
}
