/** What `tracegap diff` writes. */
import { expect, test } from 'vitest';
import { compare } from '../../src/judge/compare.ts';
import { comparisonFormats } from '../../src/report/comparison/index.ts';
import { widthOf } from '../../src/report/table/text.ts';
import { cases } from './cases.ts';
import { HOSTILE, hostile } from './hostile.ts';
import { shop } from './sample.ts';

const before = cases['against-a-baseline']?.() ?? shop();
const after = cases['two-faults-and-unreached']?.() ?? shop();
const text = (name: string, width = 80): string =>
  comparisonFormats[name]?.(compare(before, after), { color: false, width }) ?? '';

test('a table for a person', () => {
  expect(text('table')).toMatchInlineSnapshot(`
    "shop-dev: 2 newly broken, 3 cannot be judged any more
    run 7c1e09d4 at 2026-11-23T10:00:00.000Z (exit 1) → run 7c1e09d4 at
      2026-11-23T10:00:00.000Z (exit 1)

    Newly broken
      ✗ place-order: probe -> edge -> checkout
        intact → broken: restarted, edge
        edge replaced the trace id
      ✗ place-order: pricing -> legacy -> catalog
        inconclusive: nothing-seen → broken: not-injected or stripped, pricing or
        legacy
        the request into catalog carried no trace context

    Cannot be judged now
      ? place-order: checkout -> orders -> billing
        intact → unexercised: not-reached
        checkout ended its work without going on to billing
      ? place-order: billing -> invoices -> mailer
        broken: not-injected, billing → inconclusive: trail-lost
        billing was not reached, so nothing can be said of what it sends
      ? place-order: checkout -> orders -> stock
        broken: not-extracted, stock → unexercised: not-reached
        checkout ended its work without going on to stock
    "
  `);
});

test('no line is wider than asked for', () => {
  for (const width of [40, 57, 120]) {
    const wide = text('table', width)
      .split('\n')
      .filter((line) => widthOf([{ text: line, style: 'plain' }]) > width);
    expect(wide).toEqual([]);
  }
});

test('Markdown for a comment', () => {
  expect(text('markdown')).toMatchInlineSnapshot(`
    "## ✗ shop-dev: 2 newly broken, 3 cannot be judged any more

    run 7c1e09d4 at 2026-11-23T10:00:00.000Z (exit 1) → run 7c1e09d4 at 2026-11-23T10:00:00.000Z (exit 1)

    ### Newly broken

    - ✗ place-order: probe -&gt; edge -&gt; checkout<br>intact → broken: restarted, edge<br>edge replaced the trace id
    - ✗ place-order: pricing -&gt; legacy -&gt; catalog<br>inconclusive: nothing-seen → broken: not-injected or stripped, pricing or legacy<br>the request into catalog carried no trace context

    ### Cannot be judged now

    - ? place-order: checkout -&gt; orders -&gt; billing<br>intact → unexercised: not-reached<br>checkout ended its work without going on to billing
    - ? place-order: billing -&gt; invoices -&gt; mailer<br>broken: not-injected, billing → inconclusive: trail-lost<br>billing was not reached, so nothing can be said of what it sends
    - ? place-order: checkout -&gt; orders -&gt; stock<br>broken: not-extracted, stock → unexercised: not-reached<br>checkout ended its work without going on to stock
    "
  `);
});

test('JSON is the comparison', () => {
  expect(JSON.parse(text('json'))).toEqual(compare(before, after));
});

test('two reports that are alike', () => {
  const same = comparisonFormats.table?.(compare(shop(), shop()), { color: false, width: 80 });
  expect(same).toMatch(/^shop-dev: nothing differs\n/);
});

test('hostile names are text', () => {
  const comparison = compare(shop({ only: [] }), hostile());
  const look = { color: false, width: 80 };
  const written = comparisonFormats.markdown?.(comparison, look) ?? '';
  expect(written).not.toMatch(/@\w|<[^b]|[^\\]\]\(/);
  expect(written).not.toContain(HOSTILE.slice(0, 12));
  expect(comparisonFormats.table?.(comparison, look)).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
});
