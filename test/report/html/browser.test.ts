/** The page in a real browser: how it looks to a person, to a keyboard and to a screen reader. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Report } from '../../../src/model/report.ts';
import { html } from '../../../src/report/html.ts';
import { cases } from '../cases.ts';
import { longChain } from '../sample.ts';
import { type Chromium, type ContextOptions, type Locator, type Page, startChromium } from './chromium.ts';
import { hostileNames } from './hostile-names.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const reports: Record<string, () => Report> = {
  ...cases,
  'hostile-names': hostileNames,
  '1000-hops': () => longChain(1000, new Set([7, 208, 999])),
};

let browser: Chromium;
let folder: string;

beforeAll(async () => {
  browser = await startChromium();
  folder = await mkdtemp(join(tmpdir(), 'tracegap-html-'));
  for (const [name, make] of Object.entries(reports)) {
    await writeFile(join(folder, `${name}.html`), html.render(make(), { color: false, width: 80 }));
  }
});
afterAll(async () => {
  await browser?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true });
});

interface Seen {
  page: Page;
  /** What a person would find in the console, and whatever it tried to fetch. */
  complaints: string[];
}

async function visit(name: string, options: ContextOptions, look: (seen: Seen) => Promise<void>): Promise<void> {
  const context = await browser.newContext(options);
  const complaints: string[] = [];
  try {
    const page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!request.url().startsWith('file:')) complaints.push(request.url());
    });
    await page.goto(String(pathToFileURL(join(folder, `${name}.html`))));
    await look({ page, complaints });
  } finally {
    await context.close();
  }
}

/** What axe finds: rule and place. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(await readFile(axe, 'utf8'));
  return page.evaluate(`axe.run().then(({ passes, violations }) => [
    ...(passes.length < 15 ? ['it looked at nothing'] : []),
    ...violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => id + ' ' + target.join(' '))),
  ])`);
}

const broken = (page: Page): Locator => page.locator('.hop[data-look=broken] > details').first();

const looks = [360, 768, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

describe.each(looks)('$width px wide, $colorScheme', ({ width, colorScheme }) => {
  const options = { colorScheme, viewport: { width, height: 800 } };

  test.each(['one-proved-break', 'two-faults-and-unreached', 'conformance', 'hostile-names', '1000-hops'])(
    '%s: no complaint, nothing sticks out, axe finds nothing',
    async (name) => {
      await visit(name, options, async ({ page, complaints }) => {
        const overflow = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
        expect(await page.evaluate(overflow)).toBe(0);
        if (name !== '1000-hops') await page.click('#expand');
        expect(await page.evaluate(overflow)).toBe(0);
        expect(await violations(page)).toEqual([]);
        expect(complaints).toEqual([]);
      });
    },
  );
});

test('axe would have found something', async () => {
  await visit('healthy', {}, async ({ page }) => {
    await page.evaluate("document.querySelector('label').replaceWith(document.getElementById('filter'))");
    await page.evaluate("document.querySelector('h1').removeAttribute('class')");
    await page.evaluate("document.documentElement.removeAttribute('lang')");
    expect(await violations(page)).toEqual(expect.arrayContaining(['html-has-lang html']));
  });
});

test.each(Object.keys(cases))('%s: every page is quiet, and axe finds nothing', async (name) => {
  await visit(name, {}, async ({ page, complaints }) => {
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

test('hostile names are read, not run', async () => {
  await visit('hostile-names', {}, async ({ page, complaints }) => {
    await page.click('#expand');
    expect(await page.evaluate('typeof owned')).toBe('undefined');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('h1').textContent()).toContain('broken');
    expect(complaints).toEqual([]);
  });
});

test('with a mouse: a mark in the picture opens its hop, all open and close, the filter counts', async () => {
  await visit('two-faults-and-unreached', {}, async ({ page }) => {
    expect(await broken(page).getAttribute('open')).toBeNull();
    await page
      .locator('.graph a')
      .filter({ has: page.locator('use.broken') })
      .first()
      .click();
    expect(await broken(page).getAttribute('open')).toBe('');
    expect(await page.evaluate('document.activeElement.localName')).toBe('summary');
    await page.click('#collapse');
    expect(await page.locator('details[open]').count()).toBe(0);
    await page.click('#expand');
    expect(await page.locator('details:not([open])').count()).toBe(0);
    await page.fill('#filter', 'mailer');
    expect(await page.locator('.hop:visible').count()).toBe(1);
    expect(await page.locator('#matches').textContent()).toBe('1 of 6 hops');
    expect(await page.locator('.fault:visible').count()).toBe(1);
    await page.fill('#filter', '');
    expect(await page.locator('.hop:visible').count()).toBe(6);
    expect(await page.locator('.fault:visible').count()).toBe(4);
  });
});

test('with the keyboard alone: to the findings, and into one', async () => {
  await visit('two-faults-and-unreached', {}, async ({ page }) => {
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.className')).toBe('skip');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    const outline = 'getComputedStyle(document.activeElement).outlineStyle';
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(outline)).not.toBe('none');
      if ((await page.evaluate("document.activeElement.matches('.hop > details > summary')")) === true) break;
    }
    await page.keyboard.press('Enter');
    expect(await broken(page).getAttribute('open')).toBe('');
    expect(await broken(page).locator('.proof').isVisible()).toBe(true);
  });
});

test('without script: all there, hops open, and links open what they lead to', async () => {
  await visit('two-faults-and-unreached', { javaScriptEnabled: false }, async ({ page, complaints }) => {
    expect(await page.locator('.tools').isVisible()).toBe(false);
    const proof = broken(page).locator('.proof');
    expect(await proof.isVisible()).toBe(false);
    await broken(page).locator('summary').click();
    expect(await proof.isVisible()).toBe(true);
    await broken(page).locator('summary').click();
    await page.locator('.fault a').first().click();
    await expect.poll(() => proof.isVisible()).toBe(true);
    expect(complaints).toEqual([]);
  });
});

test.each([true, false])('on paper every proof is there (script: %s)', async (javaScriptEnabled) => {
  await visit('two-faults-and-unreached', { javaScriptEnabled }, async ({ page }) => {
    const heights = async (): Promise<(number | undefined)[]> =>
      Promise.all((await page.locator('.proof').all()).map(async (proof) => (await proof.boundingBox())?.height));
    expect((await heights()).every((height) => height === undefined || height === 0)).toBe(true);
    await page.emulateMedia({ media: 'print' });
    const printed = await heights();
    expect(printed.length).toBeGreaterThan(2);
    expect(printed.every((height) => (height ?? 0) > 20)).toBe(true);
    const pdf = await page.pdf({ format: 'A4' });
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(pdf.toString('latin1').match(/\/Type \/Page\b/g)?.length).toBeGreaterThan(1);
  });
});

test('1,000 hops: there at once, the sound ones behind one line', async () => {
  await visit('1000-hops', {}, async ({ page }) => {
    expect(await page.locator('.hop:visible').count()).toBe(3);
    await page.fill('#filter', 'service-500 ');
    expect(await page.locator('.hop:visible').count()).toBe(2);
  });
});

test('a sound report says so', async () => {
  await visit('healthy', {}, async ({ page }) => {
    expect(await page.locator('h1').textContent()).toContain('trace context passes all 6 hops');
    expect(await page.locator('.fault').count()).toBe(0);
  });
});
