/** A comparison for a comment on a pull request. */
import type { Comparison } from '../../model/comparison.ts';
import { inline } from '../markdown/escape.ts';
import { markOf } from '../table/verdict-mark.ts';
import { headingOf, runsOf, type Section, sectionsOf } from './sections.ts';

/** More of one kind than this is counted: a comment has an end. */
const MOST_ENTRIES = 50;

export function comparisonMarkdown(comparison: Comparison): string {
  const mark = markOf({ verdict: comparison.broke.length > 0 ? 'broken' : 'intact', waived: false });
  const head = `## ${mark} ${inline(headingOf(comparison))}\n\n${inline(runsOf(comparison))}\n`;
  return [head, ...sectionsOf(comparison).map(sectionText)].join('\n');
}

function sectionText({ title, verdict, entries }: Section): string {
  const lines = entries.slice(0, MOST_ENTRIES).map(({ hop, says }) => {
    return `- ${markOf({ verdict, waived: false })} ${[hop, ...says].map(inline).join('<br>')}`;
  });
  const rest = entries.length - MOST_ENTRIES;
  return `### ${title}\n\n${[...lines, ...(rest > 0 ? [`- and ${rest} more`] : [])].join('\n')}\n`;
}
