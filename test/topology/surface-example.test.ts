import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readTopology } from '../../src/topology/read.ts';
import { topologyJsonSchema } from '../../src/topology/schema.ts';

/** The example of SURFACE §1, to the letter. */
const EXAMPLE = readFileSync(new URL('./surface-example.yaml', import.meta.url), 'utf8');

const SECRETS = { TEMPO_TOKEN: 'a', KAFKA_PW: 'b', AMQP_PW: 'c', PW: 'd' };

const { topology, problems, variables } = readTopology(EXAMPLE, { file: 'tracegap.yaml', env: SECRETS, sha256: 'ab' });

test('has no problems but what comes later, each named where it stands', () => {
  expect(problems.map(({ line, column, severity, message }) => `${line}:${column} ${severity} ${message}`)).toEqual(
    [['6:66', '`collector` is not among `allowHosts`, so nothing may be sent there']].map(
      ([at, what]) => `${at} later ${what}`,
    ),
  );
});

test('needs the variables that have no default', () => {
  expect(variables).toEqual(['TEMPO_TOKEN', 'KAFKA_PW', 'AMQP_PW', 'PW']);
});

test('declares these hops, with these policies', () => {
  expect(
    topology?.record.hops.map(({ id, at, optional, policy: { relation, restart, deadlineMs, waive, carry, group } }) =>
      [
        ...[id, at.line, relation, restart, deadlineMs, ...waive.map(({ reason }) => reason)],
        ...(optional === true ? ['optional'] : []),
        ...(carry.baggage === 'wanted' ? [] : [`baggage ${carry.baggage}`]),
        ...(group === undefined ? [] : [`group ${group}`]),
      ].join(' | '),
    ),
  ).toEqual([
    'place-order: probe -> edge -> checkout | 39 | child | forbidden | 30000',
    'place-order: checkout -> orders -> billing | 39 | either | forbidden | 30000',
    'place-order: checkout -> orders -> audit | 39 | link | forbidden | 30000 | group audit-workers',
    'place-order: checkout -> cart | 40 | child | forbidden | 60000',
    'place-order: checkout -> legacy -> catalog | 41 | child | forbidden | 30000 | optional',
    'place-order: billing -> invoices -> mailer | 42 | either | forbidden | 30000 | TICKET-41 | baggage ignored',
    'place-order: billing -> partner | 43 | child | allowed | 30000',
    'reorder: probe -> orders -> billing | 53 | either | forbidden | 30000',
    'remind: probe -> invoices -> mailer | 56 | either | forbidden | 30000 | baggage ignored',
  ]);
});

test('may send to billing alone, whose sampling is known', () => {
  expect(Object.entries(topology?.isolation ?? {})).toMatchObject([['billing', { to: 'billing', path: '/charge' }]]);
  expect(topology?.record.nodes.billing?.sampling).toBe(0.25);
  expect(topology?.flows['place-order']).toMatchObject({ baggage: [['synthetic', 'true']], control: false });
});

test('keeps every secret a template', () => {
  const text = JSON.stringify(topology);
  for (const value of Object.values(SECRETS)) expect(text).not.toContain(`:${value}@`);
  expect(topology?.connections.orders?.kafka?.sasl?.password).toBe(`\${secret:KAFKA_PW}`);
  expect(topology?.connections.invoices?.rabbitmq?.url).toBe(`amqps://audit:\${secret:AMQP_PW}@mq.acme.io/vhost`);
  expect(JSON.stringify(topology?.record)).not.toContain('secret:');
});

test('is taken by the JSON Schema', () => {
  const ajv = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true });
  formats.default(ajv);
  const takes = ajv.compile(topologyJsonSchema());
  takes(parse(EXAMPLE, { merge: true }));
  expect(takes.errors).toBeNull();
});

test('cut off anywhere, gives problems that stand in the file, and no exception', () => {
  for (let length = 0; length < EXAMPLE.length; length += 211) {
    const text = EXAMPLE.slice(0, length);
    const result = readTopology(text, { file: 'f', env: SECRETS, sha256: '' });
    const lines = text.split('\n');
    for (const { line, column } of result.problems) {
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
    }
    expect(result.topology === undefined).toBe(result.problems.some(({ severity }) => severity === 'error'));
  }
});
