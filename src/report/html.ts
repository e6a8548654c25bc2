/** For a person with a browser: one file, no network, readable without script and on paper. */
import type { Format } from './format.ts';
import { pageOf } from './html/page.ts';

export const html: Format = {
  name: 'html',
  render: (report) => pageOf(report).markup,
};
