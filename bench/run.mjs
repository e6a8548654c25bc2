// Every benchmark, one after the other: npm run bench [name]. They print ratios and distributions; nothing is asserted.

import { spawnSync } from 'node:child_process';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const ALL = ['start-up', 'receiver', 'collector', 'observations', 'hops', 'flood', 'verdict', 'store-replies'];
const wanted = process.argv.slice(2);

for (const name of wanted.length > 0 ? wanted : ALL) {
  console.log(`\n## ${name}`);
  const file = fileURLToPath(new URL(`./${name}.mjs`, import.meta.url));
  const { status } = spawnSync(process.execPath, [file], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
