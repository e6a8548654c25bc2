// Preloaded with `--import`: writes which modules are loaded into the file that LOADED names.
import { appendFileSync } from 'node:fs';
import { createRequire, register } from 'node:module';
import process from 'node:process';

const file = /** @type {string} */ (process.env.LOADED);
register('./loaded-hooks.mjs', import.meta.url, { data: { file } });
// What is required, and not imported, goes past the hooks.
const { cache } = createRequire(import.meta.url);
process.on('exit', () => appendFileSync(file, Object.keys(cache).join('\n')));
