/** Cases of the W3C Trace Context specification (level 2): what is sent, and what a receiver is asked to do with it. */

/** The ids of one case. */
export interface CaseIds {
  traceId: string;
  spanId: string;
}

export interface ConformanceCase {
  id: string;
  /** Section of the specification. */
  section: string;
  /** What is sent and what is asked for, for a person. */
  sent: string;
  asked: string;
  headers(ids: CaseIds): [name: string, value: string][];
  /** Whether the receiver goes on in the trace that was sent, or begins one. */
  trace: 'same' | 'new';
  /** Members of `tracestate` that must be there, in this order, and ones that must not. */
  kept?: string[];
  gone?: string[];
}

type Header = [name: string, value: string];

function parent({ traceId, spanId }: CaseIds): string {
  return `00-${traceId}-${spanId}-01`;
}

/** Another trace, told from the one that is sent by its first digits. */
function other({ traceId, spanId }: CaseIds): CaseIds {
  const turned = traceId.startsWith('f') ? '0' : 'f';
  return { traceId: `${turned}${traceId.slice(1)}`, spanId };
}

/** A case of `traceparent` alone. */
function alone(
  trace: 'same' | 'new',
  id: string,
  section: string,
  sent: string,
  write: (ids: CaseIds) => string,
): ConformanceCase {
  return { id, section, sent, asked: ASKED[trace], headers: (ids) => [['traceparent', write(ids)]], trace };
}

const ASKED = { same: 'go on in the trace', new: 'ignore it and begin a trace' };

/** A case of `tracestate` beside a good `traceparent`. */
function state(
  id: string,
  section: string,
  sent: string,
  lines: string[],
  wanted: Pick<ConformanceCase, 'kept' | 'gone'>,
): ConformanceCase {
  const asked = [
    ...(wanted.kept === undefined ? [] : [`keep ${wanted.kept.map(shortened).join(',')}`]),
    ...(wanted.gone === undefined ? [] : [`drop ${wanted.gone.map(shortened).join(',')}`]),
  ];
  return {
    id,
    section,
    sent,
    asked: `go on in the trace, ${asked.join(', ')}`,
    headers: (ids) => [['traceparent', parent(ids)], ...lines.map((line): Header => ['tracestate', line])],
    trace: 'same',
    ...wanted,
  };
}

const SHOWN = 24;

function shortened(member: string): string {
  return member.length > SHOWN ? `${member.slice(0, SHOWN)}…` : member;
}

const upper = (text: string): string => text.toUpperCase();
const longKey = 'k'.repeat(256);
const members = (count: number): string[] => Array.from({ length: count }, (_, index) => `m${index}=1`);

const TRACEPARENT: readonly ConformanceCase[] = [
  alone('same', 'traceparent', '3.2', 'a valid traceparent', parent),
  {
    ...alone('same', 'name-mixed-case', '3.2.1', 'the name TraceParent', parent),
    headers: (ids) => [['TraceParent', parent(ids)]],
  },
  {
    ...alone('same', 'name-upper-case', '3.2.1', 'the name TRACEPARENT', parent),
    headers: (ids) => [['TRACEPARENT', parent(ids)]],
  },
  {
    ...alone('new', 'name-hyphen', '3.2.1', 'the name trace-parent', parent),
    headers: (ids) => [['trace-parent', parent(ids)]],
  },
  {
    ...alone('new', 'duplicated', '3.2', 'two traceparent headers of different traces', parent),
    headers: (ids) => [
      ['traceparent', parent(ids)],
      ['traceparent', parent(other(ids))],
    ],
  },
  alone('new', 'empty', '3.2.2', 'an empty traceparent', () => ''),
  alone('new', 'v00-dot-behind', '3.2.2', 'version 00 with a dot behind it', (ids) => `${parent(ids)}.`),
  alone('new', 'v00-text-behind', '3.2.2', 'version 00 with -what behind it', (ids) => `${parent(ids)}-what`),
  alone('same', 'v01', '3.2.4', 'version 01', ({ traceId, spanId }) => `01-${traceId}-${spanId}-01`),
  alone('same', 'vcc', '3.2.4', 'version cc', ({ traceId, spanId }) => `cc-${traceId}-${spanId}-01`),
  alone('same', 'vcc-text-behind', '3.2.4', 'version cc with -what behind it', ({ traceId, spanId }) => {
    return `cc-${traceId}-${spanId}-01-what`;
  }),
  alone('new', 'vcc-dot-behind', '3.2.4', 'version cc with .what behind it', ({ traceId, spanId }) => {
    return `cc-${traceId}-${spanId}-01.what`;
  }),
  alone('new', 'v01-no-flags', '3.2.4', 'version 01 without flags', ({ traceId, spanId }) => `01-${traceId}-${spanId}`),
  alone('new', 'vff', '3.2.2.1', 'version ff', ({ traceId, spanId }) => `ff-${traceId}-${spanId}-01`),
  alone('new', 'version-dot', '3.2.2.1', 'version .0', ({ traceId, spanId }) => `.0-${traceId}-${spanId}-01`),
  alone('new', 'version-long', '3.2.2.1', 'version 000', ({ traceId, spanId }) => `000-${traceId}-${spanId}-01`),
  alone('new', 'version-short', '3.2.2.1', 'version 0', ({ traceId, spanId }) => `0-${traceId}-${spanId}-01`),
  alone('new', 'trace-id-zero', '3.2.2.3', 'a trace id of zeros', ({ spanId }) => `00-${'0'.repeat(32)}-${spanId}-01`),
  alone('new', 'trace-id-dot', '3.2.2.3', 'a trace id with a dot', ({ traceId, spanId }) => {
    return `00-.${traceId.slice(1)}-${spanId}-01`;
  }),
  alone('new', 'trace-id-upper-case', '3.2.2.3', 'a trace id in upper case', ({ traceId, spanId }) => {
    return `00-A${upper(traceId.slice(1))}-${spanId}-01`;
  }),
  alone('new', 'trace-id-long', '3.2.2.3', 'a trace id of 33 digits', ({ traceId, spanId }) => {
    return `00-${traceId}0-${spanId}-01`;
  }),
  alone('new', 'trace-id-short', '3.2.2.3', 'a trace id of 31 digits', ({ traceId, spanId }) => {
    return `00-${traceId.slice(1)}-${spanId}-01`;
  }),
  alone(
    'new',
    'parent-id-zero',
    '3.2.2.4',
    'a parent id of zeros',
    ({ traceId }) => `00-${traceId}-${'0'.repeat(16)}-01`,
  ),
  alone('new', 'parent-id-dot', '3.2.2.4', 'a parent id with a dot', ({ traceId, spanId }) => {
    return `00-${traceId}-.${spanId.slice(1)}-01`;
  }),
  alone('new', 'parent-id-upper-case', '3.2.2.4', 'a parent id in upper case', ({ traceId, spanId }) => {
    return `00-${traceId}-A${upper(spanId.slice(1))}-01`;
  }),
  alone('new', 'parent-id-long', '3.2.2.4', 'a parent id of 17 digits', ({ traceId, spanId }) => {
    return `00-${traceId}-${spanId}0-01`;
  }),
  alone('new', 'parent-id-short', '3.2.2.4', 'a parent id of 15 digits', ({ traceId, spanId }) => {
    return `00-${traceId}-${spanId.slice(1)}-01`;
  }),
  alone('new', 'flags-dot', '3.2.2.5', 'flags .1', ({ traceId, spanId }) => `00-${traceId}-${spanId}-.1`),
  alone('new', 'flags-long', '3.2.2.5', 'flags 001', ({ traceId, spanId }) => `00-${traceId}-${spanId}-001`),
  alone('new', 'flags-short', '3.2.2.5', 'flags 1', ({ traceId, spanId }) => `00-${traceId}-${spanId}-1`),
  alone('same', 'flags-random', '3.2.2.5.2', 'flags 03 (sampled, random)', ({ traceId, spanId }) => {
    return `00-${traceId}-${spanId}-03`;
  }),
  alone('same', 'flags-unknown', '3.2.2.5.3', 'flags ff (bits that are not known yet)', ({ traceId, spanId }) => {
    return `00-${traceId}-${spanId}-ff`;
  }),
  alone('same', 'space-before', '3.2', 'a space before the value', (ids) => ` ${parent(ids)}`),
  alone('same', 'space-behind', '3.2', 'a space behind the value', (ids) => `${parent(ids)} `),
  alone('same', 'tab-before', '3.2', 'a tab before the value', (ids) => `\t${parent(ids)}`),
];

const TRACESTATE: readonly ConformanceCase[] = [
  {
    id: 'state-without-parent',
    section: '4.1.1',
    sent: 'tracestate without traceparent',
    asked: 'begin a trace, drop foo=1',
    headers: () => [['tracestate', 'foo=1']],
    trace: 'new',
    gone: ['foo=1'],
  },
  state('state', '3.3', 'two members', ['foo=1,bar=2'], { kept: ['foo=1', 'bar=2'] }),
  state('state-lines', '3.3.2', 'three lines', ['foo=1', 'bar=2,rojo=3', 'baz=4'], {
    kept: ['foo=1', 'bar=2', 'rojo=3', 'baz=4'],
  }),
  state('state-empty-line', '3.3.2', 'an empty line and a good one', ['', 'foo=1'], { kept: ['foo=1'] }),
  state('state-spaces', '3.3.2', 'spaces and tabs around members', ['foo=1 \t , \t bar=2'], {
    kept: ['foo=1', 'bar=2'],
  }),
  state('state-32-members', '3.3.2', '32 members', [members(32).join(',')], { kept: members(32) }),
  state('state-key-256', '3.3.2', 'a key of 256 characters', [`foo=1,${longKey}=1`], {
    kept: ['foo=1', `${longKey}=1`],
  }),
  state('state-key-characters', '3.3.2', 'every character that a key may have', ['foo=1,a0_-*/z=1'], {
    kept: ['foo=1', 'a0_-*/z=1'],
  }),
  state('state-key-tenant', '3.3.2', 'a key with @', ['foo=1,t0_-*/@vendor=1'], { kept: ['foo=1', 't0_-*/@vendor=1'] }),
  state(
    'state-value-characters',
    '3.3.2',
    'a value with every kind of character',
    ['foo=!"#$%&()*+-./:;<>?@[]^_`{|}~'],
    {
      kept: ['foo=!"#$%&()*+-./:;<>?@[]^_`{|}~'],
    },
  ),
  state('state-key-upper-case', '3.3.2', 'a key in upper case', ['FOO=1'], { gone: ['FOO=1'] }),
  state('state-key-dot', '3.3.2', 'a key with a dot', ['foo.bar=1'], { gone: ['foo.bar=1'] }),
  state('state-value-equals', '3.3.2', 'a value with =', ['foo=bar=baz'], { gone: ['foo=bar=baz'] }),
  state('state-512', '3.3.3.1', '512 characters in all', [`foo=1,bar=${'v'.repeat(250)},baz=${'w'.repeat(247)}`], {
    kept: ['foo=1', `bar=${'v'.repeat(250)}`, `baz=${'w'.repeat(247)}`],
  }),
];

/** In the order of the specification. */
export const CONFORMANCE_CASES: readonly ConformanceCase[] = [...TRACEPARENT, ...TRACESTATE];
