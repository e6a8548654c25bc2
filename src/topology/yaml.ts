/** YAML text → located tree, or why it could not be read. Only the `yaml*` files know the YAML library. */
import { LineCounter, parseDocument } from 'yaml';
import type { Position } from '../model/topology.ts';
import type { Fault, Located } from './located.ts';
import { yamlFaults } from './yaml-errors.ts';
import { maskTrap } from './yaml-traps.ts';
import { locatedTree, type Parsed } from './yaml-tree.ts';

/** How many traps are told of at once; each costs one more parse. */
const MOST_TRAPS = 50;

function parseOnce(text: string): Parsed {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter,
    merge: true,
    prettyErrors: false,
    schema: 'core',
    uniqueKeys: false,
  });
  return {
    document,
    text,
    positionAt: (offset) => {
      const { line, col } = lineCounter.linePos(offset);
      return { line, column: col };
    },
  };
}

function parse(text: string): Parsed {
  let parsed = parseOnce(text);
  for (let traps = 0; traps < MOST_TRAPS; traps++) {
    const error = parsed.document.errors[0];
    const masked = error && maskTrap(parsed.text, { at: error.pos[0], message: error.message });
    if (masked === undefined) break;
    parsed = parseOnce(masked);
  }
  return parsed;
}

function isBefore(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.column < b.column);
}

/**
 * Reads YAML (JSON is YAML). Merges and aliases are applied, keys that stand twice and YAML's traps are told of.
 * @returns `root` is absent where the text does not parse or holds nothing; `faults` then say why
 */
export function readYaml(text: string): { root?: Located; faults: Fault[] } {
  const parsed = parse(text);
  const errors = yamlFaults(parsed.document, parsed.positionAt);
  const { root, faults } = locatedTree(parsed);
  const first = errors[0];
  if (first !== undefined) {
    // What stands before the first error was read as it was meant; behind it nothing is sure.
    return { faults: [...faults.filter(({ at }) => isBefore(at, first.at)), ...errors] };
  }
  if (root !== undefined) return { root, faults };
  if (faults.length > 0) return { faults };
  const hint = 'Begin with `version: 1`, `nodes:` and `flows:`.';
  return { faults: [{ at: { line: 1, column: 1 }, message: 'The file is empty', hint }] };
}
