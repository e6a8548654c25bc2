/** Where reports go: one format to stdout, any number to files. */
import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadFormat } from '../library/render.ts';
import { userError } from '../library/user-error.ts';
import type { Report } from '../model/report.ts';
import type { Format, Links } from '../report/format.ts';
import { checkEndpoint, exportTrace } from './export.ts';
import { showsLinks, type Terminal, wantsColor, widthOf, write } from './terminal.ts';

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
        await writeOutput(file, format.render(report, { color: false, width: widthOf(terminal.stdout) }));
      }
      const color = wantsColor(terminal.stdout, terminal.env, options.color);
      const links = showsLinks(terminal.stdout, terminal.env) ? linksOf(report) : undefined;
      const look = { color, width: widthOf(terminal.stdout), ...(links === undefined ? {} : { links }) };
      await write(terminal.stdout, shown.render(report, look));
      if (options.export !== undefined) await exportTrace(report, options.export, terminal);
    },
  };
}

const CAUSES_FOLDER = new URL('../../docs/causes/', import.meta.url);

/** Where the report's file and the pages of the causes are on this machine. */
function linksOf({ topology }: Report): Links {
  return { topology: String(pathToFileURL(resolve(topology.file))), causes: String(CAUSES_FOLDER) };
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
