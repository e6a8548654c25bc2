/** The pages that are made from the code, by their names in `docs/reference/`. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { evidenceSchema } from '../../../src/evidence/schema.ts';
import { reportSchema } from '../../../src/report/report-schema.ts';
import { readTopology } from '../../../src/topology/read.ts';
import { topologyFile } from '../../../src/topology/schema-file.ts';
import { chain, duration, hostPort, nodeName, selector } from '../../../src/topology/terms.ts';
import { cases } from '../../report/cases.ts';
import { cliPage } from './cli-page.ts';
import { examplesIn } from './examples.ts';
import { type Schema, sectionsOf } from './sections.ts';
import { markdownOf } from './tables.ts';

const MADE = '<!-- Made by `npm run docs` from the code; do not edit. -->';

export const pages: Record<string, () => string> = {
  'cli.md': () => `${MADE}\n${cliPage()}`,
  'topology.md': topologyPage,
  'report.md': reportPage,
  'evidence.md': evidencePage,
};

const textOf = (path: string): string => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Between them they have every key. */
export const topologyExamples: readonly string[] = [
  textOf('../../topology/surface-example.yaml'),
  textOf('./rare-keys.yaml'),
];

const patternWords = Object.fromEntries(
  Object.entries({ duration, 'host:port': hostPort, 'name of a node': nodeName, chain, hop: selector }).map(
    ([word, schema]) => [schemaOf(schema).pattern ?? word, word],
  ),
);

function schemaOf(schema: z.ZodType): Schema {
  return z.toJSONSchema(schema, { io: 'input' }) as Schema;
}

function topologyPage(): string {
  const sections = sectionsOf(schemaOf(topologyFile), 'The file');
  const examples = examplesIn(
    sections,
    topologyExamples.map((text) => parse(text, { merge: true })),
  );
  return `${MADE}
# Reference: the topology file

Every key of \`tracegap.yaml\`. What it is for, and how the parts go together: [the topology file](../topology.md). The same as
JSON Schema, for editors: \`tracegap schema topology\`.

A variable (\`\${NAME}\`, \`\${secret:NAME}\`, …) may stand for any value but names and chains. Unknown keys are errors; \`x-*\` keys
and \`$schema\` may stand in every mapping.${notSupported()}

${markdownOf(sections, { words: patternWords, examples })}
## A whole example

\`\`\`yaml
${topologyExamples[0]?.trimEnd()}
\`\`\`
`;
}

/** What of the language this version refuses, by its own words. */
function notSupported(): string {
  const options = { file: 'tracegap.yaml', env: {}, sha256: '' };
  const later = topologyExamples
    .flatMap((text) => readTopology(text, options).problems)
    .flatMap(({ message }) => /^(.*) is not supported yet/.exec(message)?.[1] ?? []);
  const names = [...new Set(later)].sort();
  return names.length === 0 ? '' : `\n\nNot supported yet, and refused by name: ${names.join(', ')}.`;
}

function reportPage(): string {
  const report = cases['one-proved-break']?.();
  return `${MADE}
# Reference: the report

What \`tracegap audit --format json\`, \`-o json=report.json\` and \`tracegap judge\` write; what \`tracegap render\` reads. The same as JSON
Schema: \`tracegap schema report\`. Keys are only added; renaming or removing one changes \`version\`.

What a gate may rely on:

- A hop's verdict is the worst of its findings over all probes; no finding means \`intact\` or \`linked\`.
- \`summary.faults\` counts distinct (cause, culprit, place): two consumers of one bare record are one fault.
- A waived broken hop counts under \`waived\` only.
- Hops come in the order of the topology, findings worst first. The same evidence gives the same bytes.
- No output holds a secret ([security](../security.md)).

${markdownOf(sectionsOf(schemaOf(reportSchema), 'The report'), { words: {} })}
## A worked example

Read it from \`summary\` to \`hops[].findings[]\`: one hop is broken; \`culprit\` says who, \`certainty\` how sure, \`proof\` why.

\`\`\`json
${compact(report)}
\`\`\`
`;
}

function evidencePage(): string {
  return `${MADE}
# Reference: the evidence

What \`tracegap collect\` and \`-e\` write, \`tracegap judge\` and \`--resume\` read: all that judging needs, and nothing else. What is kept of a
request, and what never is: [security](../security.md). The same as JSON Schema: \`tracegap schema evidence\`.

${markdownOf(sectionsOf(schemaOf(evidenceSchema), 'The evidence'), { words: {} })}`;
}

const WIDTH = 120;

/** JSON in which whatever fits on a line stands on one. */
function compact(value: unknown, indent = ''): string {
  const line = JSON.stringify(value, null, 1)?.replace(/\n\s*/g, ' ') ?? 'null';
  if (indent.length + line.length <= WIDTH || typeof value !== 'object' || value === null) return line;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  const entries = Object.entries(value).map(([key, each]) =>
    Array.isArray(value) ? compact(each, inner) : `${JSON.stringify(key)}: ${compact(each, inner)}`,
  );
  return `${open}\n${entries.map((entry) => inner + entry).join(',\n')}\n${indent}${close}`;
}
