/** The contract of a format: a report in, text out; pure, so that the same report gives the same bytes. */
import type { Report } from '../model/report.ts';

/** What a format may know of the place where its text will be read. */
export interface FormatOptions {
  /** Whether the reader shows ANSI colours. */
  color: boolean;
  /** How many columns the reader has; formats that are not for terminals ignore it. */
  width: number;
  /** Where to lead from names to, where the reader shows OSC 8 links. */
  links?: Links;
}

/** URLs of what a report names. */
export interface Links {
  /** The topology file. */
  topology: string;
  /** The folder of the causes' pages, with its last slash. */
  causes: string;
}

export interface Format {
  /** As given to `--format`. */
  name: string;
  /** The whole text, with its last newline. */
  render(report: Report, options: FormatOptions): string;
}
