/** The rules of GitLab's page on Code Quality reports. */
import { expect, test } from 'vitest';
import { gitlab } from '../../src/report/gitlab.ts';
import { cases } from './cases.ts';
import { empty, hostile } from './hostile.ts';
import { finding, longChain, shop } from './sample.ts';

interface Issue {
  description: string;
  check_name: string;
  fingerprint: string;
  severity: string;
  location: { path: string; lines: { begin: number } };
}

const render = (report: Parameters<typeof gitlab.render>[0]): Issue[] =>
  JSON.parse(gitlab.render(report, { color: false, width: 80 })) as Issue[];

const everything = { ...cases, hostile, empty, many: () => longChain(1000, new Set([1, 2, 3])) };

test.each(Object.entries(everything))('%s has every field, and no fingerprint twice', (_, make) => {
  const issues = render(make());
  for (const issue of issues) {
    expect(issue).toEqual({
      description: expect.stringMatching(/\S/),
      check_name: expect.stringMatching(/^tracegap\/[a-z-]+$/),
      fingerprint: expect.stringMatching(/^[0-9a-f]{32}$/),
      severity: expect.stringMatching(/^(info|minor|major|critical|blocker)$/),
      location: { path: expect.not.stringMatching(/^\.?\//), lines: { begin: expect.any(Number) } },
    });
  }
  expect(new Set(issues.map(({ fingerprint }) => fingerprint)).size).toBe(issues.length);
});

test('severities, and where it stands', () => {
  const hops = {
    'checkout -> pricing': { findings: [finding('not-injected', 'checkout', { message: 'a' })] },
    'pricing -> legacy -> catalog': { findings: [finding('nothing-seen', null, { message: 'b' })] },
    'checkout -> orders -> billing': { findings: [finding('not-reached', null, { message: 'c' })] },
    'checkout -> orders -> stock': { findings: [finding('baggage-lost', 'checkout', { message: 'd' })] },
    'billing -> invoices -> mailer': { waived: true, findings: [finding('silent', 'mailer', { message: 'e' })] },
  };
  const issues = render(shop({ hops }));
  expect(issues.map(({ severity, location }) => `${severity} ${location.path}:${location.lines.begin}`)).toEqual([
    'critical tracegap.yaml:42',
    'major tracegap.yaml:43',
    'minor tracegap.yaml:44',
    'info tracegap.yaml:45',
    'minor tracegap.yaml:46',
  ]);
  expect(issues[0]?.description).toBe('checkout → pricing: not-injected: a (checkout, proved)');
});

test('a fingerprint is that of the finding, not of the run', () => {
  const first = render(cases['one-proved-break']?.() ?? shop());
  const later = cases['one-proved-break']?.() ?? shop();
  expect(render({ ...later, run: { ...later.run, id: 'ffffffff' } })[0]?.fingerprint).toBe(first[0]?.fingerprint);
});

test('a waived finding says why', () => {
  expect(render(cases['waiver-ends-soon']?.() ?? shop())[0]?.description).toMatch(
    /^waived \(TICKET-41, until 2026-12-01\): /,
  );
});
