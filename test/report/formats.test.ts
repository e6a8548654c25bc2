/** What holds for every format; what its consumer asks of it stands in the test of the same name. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CAUSES, type Cause, VERDICTS } from '../../src/model/report.ts';
import { digest } from '../../src/report/digest.ts';
import { formats } from '../../src/report/index.ts';
import { MEANING } from '../../src/report/meaning.ts';
import { fileUri } from '../../src/report/topology-file.ts';
import { cases } from './cases.ts';
import { empty, HOSTILE, hostile } from './hostile.ts';
import { longChain, shop } from './sample.ts';

const look = { color: false, width: 80 };

/** Formats for other programs; the table has golden files of its own. */
const EXTENSIONS: Record<string, string> = {
  junit: 'xml',
  sarif: 'sarif',
  markdown: 'md.txt',
  github: 'txt',
  gitlab: 'json.txt',
  prometheus: 'prom',
  otlp: 'jsonl',
  dot: 'gv',
};
const GOLDEN = ['two-faults-and-unreached', 'against-a-baseline', 'waiver-ends-soon'];

const load = async (name: string) => (await formats[name]?.()) ?? expect.fail(`there is no format ${name}`);

describe.each(Object.entries(EXTENSIONS))('%s', (name, extension) => {
  test.each(GOLDEN)('%s as in its golden file', async (which) => {
    const text = (await load(name)).render(cases[which]?.() ?? shop(), look);
    expect(text).toBe(golden(`${which}.${name}.${extension}`, text));
  });

  test.each(Object.entries({ ...cases, hostile, empty }))(
    '%s is the same text each time, ends its last line, and is left as it was',
    async (_, make) => {
      const format = await load(name);
      expect(format.name).toBe(name);
      const report = make();
      const text = format.render(report, look);
      expect(format.render(make(), { color: true, width: 200 })).toBe(text);
      expect(report).toEqual(make());
      expect(text).toMatch(/[^\n]\n$/);
      expect(text.replace(/[\n]/g, '')).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
    },
  );

  test.each(VERDICTS)('a hop that is %s differs from any other', async (verdict) => {
    const format = await load(name);
    const text = (which: (typeof VERDICTS)[number]): string =>
      format.render(shop({ only: ['checkout -> pricing'], hops: { 'checkout -> pricing': { verdict: which } } }), look);
    // JUnit and annotations tell passed from not passed, and issues stand for findings: there are none here.
    const tellsEach = !['junit', 'sarif', 'gitlab', 'github'].includes(name);
    for (const other of tellsEach ? VERDICTS : []) expect(text(other) === text(verdict)).toBe(other === verdict);
  });

  test('1,000 hops, 400 of them broken', async () => {
    const broken = new Set(Array.from({ length: 400 }, (_, index) => index * 2));
    const text = (await load(name)).render(longChain(1000, broken), look);
    expect(text).toContain('service-0');
    expect(text.length).toBeLessThan(4_000_000);
  });
});

test('every format but the table and JSON is looked at here', () => {
  expect(Object.keys(EXTENSIONS)).toEqual(
    expect.arrayContaining(Object.keys(formats).filter((name) => !['table', 'json', 'html'].includes(name))),
  );
});

test.each(Object.keys(CAUSES) as Cause[])('the meaning of %s is the first sentence of its page', (cause) => {
  const page = readFileSync(new URL(`../../docs/causes/${cause}.md`, import.meta.url), 'utf8');
  expect(MEANING[cause]).toBe(page.split('\n\n')[1]?.replaceAll('\n', ' '));
});

test.each([
  ['tracegap.yaml', 'tracegap.yaml'],
  ['./ci/my shop.yaml', 'ci/my%20shop.yaml'],
  ['/srv/ö#?.yaml', 'file:///srv/%C3%B6%23%3F.yaml'],
  ['C:\\ci\\shop.yaml', 'file:///C:/ci/shop.yaml'],
])('the file %s is the URI %s', (file, uri) => {
  expect(fileUri(file)).toBe(uri);
});

test('a digest is FNV-1a of 128 bits, and differs with its text', () => {
  expect(digest('')).toBe('6c62272e07bb014262b821756295c58d');
  expect(digest('a')).toBe('d228cb696f1a8caf78912b704e4a8964');
  expect(digest(HOSTILE)).not.toBe(digest(`${HOSTILE} `));
});

/** The file's text; with UPDATE=1 it is written first. */
function golden(name: string, text: string): string {
  const folder = new URL('golden/', import.meta.url);
  if (process.env.UPDATE === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(new URL(name, folder), text);
  }
  return readFileSync(new URL(name, folder), 'utf8');
}
