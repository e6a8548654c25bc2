/** Where reports go: one format to stdout, any number to files. */
import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { loadFormat } from '../library/render.ts';
import { userError } from '../library/user-error.ts';
import type { Report } from '../model/report.ts';
import type { Format } from '../report/format.ts';
import { checkEndpoint, exportTrace } from './export.ts';
import { type Terminal, wantsColor, widthOf, write } from './terminal.ts';

export interface OutputOptions {
  format: string;
  output: string[];
  color: boolean;
  /** The endpoint that the audit is sent to as a trace. */
  export?: string;
}

export interface Outputs {
  /** Writes the report everywhere it was asked for. */
  write(report: Report): Promise<void>;
}

/** Checks everything that can be checked before a probe is sent; @throws a user error */
export async function prepareOutputs(options: OutputOptions, terminal: Terminal): Promise<Outputs> {
  const shown = await loadFormat(options.format);
  const files = await Promise.all(options.output.map(parseOutput));
  await Promise.all(files.map(({ file }) => checkWritable(file)));
  if (options.export !== undefined) checkEndpoint(options.export);
  return {
    async write(report) {
      for (const { format, file } of files) {
        await writeOutput(file, format.render(report, { color: false, width: widthOf(terminal) }));
      }
      const color = wantsColor(terminal, options.color);
      await write(terminal.stdout, shown.render(report, { color, width: widthOf(terminal) }));
      if (options.export !== undefined) await exportTrace(report, options.export, terminal);
    },
  };
}

async function parseOutput(text: string): Promise<{ format: Format; file: string }> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) {
    throw userError(`--output takes <format>=<file>, for example json=report.json; got "${text}"`);
  }
  return { format: await loadFormat(text.slice(0, at)), file: text.slice(at + 1) };
}

/** @throws a user error where a file could not be written; nothing is created or changed */
export async function checkWritable(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined);
  if (found?.isDirectory() === true) throw userError(`cannot write ${file}: it is a folder`);
  const place = found === undefined ? dirname(file) : file;
  await access(place, constants.W_OK).catch(() => {
    throw userError(
      `cannot write ${file}: ${found === undefined ? `folder ${place} is missing or read-only` : 'it is read-only'}`,
    );
  });
}

export async function writeOutput(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((error: unknown) => {
    throw userError(`cannot write ${file}: ${error instanceof Error ? error.message : String(error)}`);
  });
}
