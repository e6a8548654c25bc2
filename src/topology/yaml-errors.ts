/** Why YAML does not parse, in words for the person who wrote it. */
import { type Document, isNode, type Node, visit, type YAMLError } from 'yaml';
import type { Position } from '../model/topology.ts';
import type { Fault } from './located.ts';

const WORDS: Partial<Record<YAMLError['code'], { message: string; hint: string }>> = {
  BAD_DQ_ESCAPE: {
    message: 'YAML does not know this escape in "double quotes"',
    hint: "Write `\\\\` for a backslash, or use 'single quotes'.",
  },
  BAD_INDENT: {
    message: 'The indentation is not that of the lines around it',
    hint: 'Let keys that belong together begin in one column.',
  },
  BAD_SCALAR_START: { message: 'YAML keeps this character for itself where a value begins', hint: 'Quote the value.' },
  BLOCK_AS_IMPLICIT_KEY: {
    message: 'A second `: ` stands in one line',
    hint: 'Quote the value, or put it into { }.',
  },
  MULTIPLE_DOCS: { message: 'A second YAML document begins here', hint: 'A file holds one topology.' },
  RESOURCE_EXHAUSTION: { message: 'The file is nested too deep to be read', hint: 'Use fewer levels.' },
  TAB_AS_INDENT: { message: 'A tab stands where YAML wants spaces', hint: 'Indent with spaces.' },
  TAG_RESOLVE_FAILED: { message: 'YAML tags (`!…`) mean nothing here', hint: 'Quote the value if it is text.' },
};

const CLOSING = { map: '}', list: ']', quote: 'quote' };

/** The quote or bracket that was never closed: what it opened ends where the error stands. */
function unclosed(document: Document, error: YAMLError): { at: number; what: keyof typeof CLOSING } | undefined {
  if (!/^Flow|^Missing closing/.test(error.message)) return undefined;
  const what = error.message.startsWith('Missing') ? 'quote' : error.message.startsWith('Flow map') ? 'map' : 'list';
  let found: Node | undefined;
  visit(document, {
    Node: (_key, node) => {
      const ends = isNode(node) && node.range?.[1] === error.pos[0];
      if (ends && (what === 'quote' ? 'source' in node : 'flow' in node)) found = node;
    },
  });
  return found?.range ? { at: found.range[0], what } : undefined;
}

function faultOf(error: YAMLError, positionAt: (offset: number) => Position): Fault {
  const words = WORDS[error.code];
  const at = positionAt(error.pos[0]);
  return words === undefined ? { at, message: `This is not YAML: ${error.message}` } : { at, ...words };
}

/** What is wrong with a document as YAML; of the errors that follow from one another, the first in each line. */
export function yamlFaults(document: Document, positionAt: (offset: number) => Position): Fault[] {
  const faults: Fault[] = [];
  const lines = new Set<number>();
  for (const error of [...document.errors, ...document.warnings]) {
    const { line } = positionAt(error.pos[0]);
    const follows = faults.length > 0 && error.message.includes('in YAML stream');
    if (follows || lines.has(line)) continue;
    const opened = unclosed(document, error);
    if (opened !== undefined) {
      // Behind a quote or bracket that is open, nothing is what it seems.
      const message = `This is not closed before the end of line ${positionAt(error.pos[0] - 1).line}`;
      const hint = `A closing ${CLOSING[opened.what]} is missing.`;
      return [...faults, { at: positionAt(opened.at), message, hint }];
    }
    lines.add(line);
    faults.push(faultOf(error, positionAt));
  }
  return faults;
}
