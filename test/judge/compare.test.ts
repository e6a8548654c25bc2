/** Two reports side by side, and a report seen from a baseline. */
import { describe, expect, test } from 'vitest';
import { withBaseline } from '../../src/judge/baseline.ts';
import { compare } from '../../src/judge/compare.ts';
import type { EvidenceOptions } from '../../src/model/evidence.ts';
import type { Cause, Finding, Report } from '../../src/model/report.ts';
import { finding, type Outcome, shop } from '../report/sample.ts';

const HOP = 'checkout -> orders -> billing';
const ID = `place-order: ${HOP}`;

const found = (cause: Cause, culprit: string | null, rest: Partial<Finding> = {}): Finding =>
  finding(cause, culprit, { message: 'm', fingerprint: `${ID} | ${cause} | ${culprit ?? '-'}`, ...rest });

const by = (...findings: Finding[]): Outcome => ({ findings });
const report = (outcome: Outcome): Report => shop({ hops: { [HOP]: outcome } });

const sound: Outcome = {};
const bare = by(found('not-injected', 'checkout'));
const malformed = by(found('malformed', 'checkout'));
const stripped = by(found('stripped', 'orders'));
const either = by(found('not-injected', null, { suspects: ['checkout', 'orders'], certainty: 'inferred' }));
const unseen = by(found('nothing-seen', null));
const sourceDown = by(found('source-down', null));
const degraded = by(found('baggage-lost', 'checkout'));
const waived: Outcome = { ...bare, waived: true };
const skipped: Outcome = { ...by(found('not-reached', null)), optional: true };

/** Where the hop stands in the comparison, and whether a gate with that baseline lets it pass. */
function outcome(before: Outcome, after: Outcome, failOn: EvidenceOptions['failOn'] = 'inconclusive'): string {
  const comparison = compare(report(before), report(after));
  const kinds = (['broke', 'mended', 'undecided', 'changed', 'still'] as const).filter(
    (kind) => comparison[kind].length > 0,
  );
  const { summary } = withBaseline(report(after), { file: 'old.json', report: report(before) }, failOn);
  return [...kinds, `exit ${summary.exit}`].join(', ');
}

test.each<[string, Outcome, Outcome, string]>([
  ['broke', sound, bare, 'broke, exit 1'],
  ['is broken as before', bare, bare, 'still, exit 0'],
  ['was mended', bare, sound, 'mended, exit 0'],
  ['was mended but for its baggage', bare, degraded, 'mended, exit 0'],
  ['is broken by the same party in another way', bare, malformed, 'changed, exit 0'],
  ['is broken by somebody else', bare, stripped, 'broke, exit 1'],
  ['can be told more sharply now', either, bare, 'changed, exit 0'],
  ['can be told less sharply now', stripped, either, 'changed, exit 0'],
  ['is broken by one more', bare, by(found('not-injected', 'checkout'), found('stripped', 'orders')), 'broke, exit 1'],
  ['is waived now', bare, waived, 'changed, exit 0'],
  ['its waiver has ended', waived, bare, 'broke, exit 1'],
  ['cannot be judged any more', sound, unseen, 'undecided, exit 3'],
  ['was broken and cannot be judged any more', bare, unseen, 'undecided, exit 3'],
  ['could not be judged before either', unseen, unseen, 'exit 0'],
  ['could not be judged before, for another reason', sourceDown, unseen, 'changed, exit 3'],
  ['broke where it could not be judged before', unseen, bare, 'broke, exit 1'],
  ['can be judged now', unseen, sound, 'changed, exit 0'],
  ['lost its baggage', sound, degraded, 'changed, exit 0'],
  ['need not be reached, and was not', sound, skipped, 'changed, exit 0'],
  ['is as it was', sound, sound, 'exit 0'],
])('a hop that %s', (_, before, after, expected) => {
  expect(outcome(before, after)).toBe(expected);
});

test('--fail-on decides about what is new', () => {
  expect(outcome(sound, bare, 'none')).toBe('broke, exit 0');
  expect(outcome(sound, unseen, 'broken')).toBe('undecided, exit 0');
  expect(outcome(sound, degraded, 'degraded')).toBe('changed, exit 1');
  expect(outcome(degraded, degraded, 'degraded')).toBe('exit 0');
});

describe('against a baseline', () => {
  const other = 'checkout -> pricing';
  const before = shop({ hops: { [HOP]: bare, [other]: by(found('not-extracted', 'pricing')) } });
  const after = shop({ hops: { [HOP]: bare, 'billing -> invoices -> mailer': unseen } });
  const seen = withBaseline(after, { file: 'old.json', report: before }, 'inconclusive');

  test('known and new are counted, what was mended is named', () => {
    expect(seen.summary.baseline).toEqual({
      file: 'old.json',
      run: before.run.id,
      known: 1,
      new: 1,
      mended: [`place-order: ${other}`],
    });
    expect(seen.summary).toMatchObject({ exit: 3, broken: 1, inconclusive: 1 });
    expect(seen.hops.map(({ known }) => known === true)).toEqual(after.hops.map(({ id }) => id === ID));
    expect(seen.hops.find(({ id }) => id === ID)?.findings[0]?.known).toBe(true);
  });

  test('of another topology: only the same hops are compared, and that is said', () => {
    const elsewhere = { ...before, topology: { ...before.topology, name: 'shop-prod' } };
    const { notes } = withBaseline(after, { file: 'old.json', report: elsewhere }, 'none');
    expect(notes?.map(({ message }) => message)).toEqual([
      'the baseline old.json is of shop-prod, and this run is of shop-dev',
    ]);
    expect(seen.notes).toBeUndefined();
  });
});

test('hops that only one of the two has', () => {
  const smaller = shop({ only: ['checkout -> pricing'], hops: {} });
  const larger = shop({ only: ['checkout -> pricing', HOP], hops: { [HOP]: bare } });
  expect(compare(smaller, larger)).toMatchObject({ added: [ID], removed: [], broke: [{ hop: ID }] });
  expect(compare(larger, smaller)).toMatchObject({ added: [], removed: [ID], mended: [], broke: [] });
});
