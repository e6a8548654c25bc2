/** What `tracegap diff` can write, by the name that its `--format` takes. */
import type { Comparison } from '../../model/comparison.ts';
import type { FormatOptions } from '../format.ts';
import { comparisonMarkdown } from './markdown.ts';
import { comparisonTable } from './table.ts';

type Render = (comparison: Comparison, options: FormatOptions) => string;

export const comparisonFormats: Record<string, Render> = {
  table: comparisonTable,
  json: (comparison) => `${JSON.stringify(comparison, null, 2)}\n`,
  markdown: comparisonMarkdown,
};
