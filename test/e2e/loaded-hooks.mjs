import { appendFileSync } from 'node:fs';

/** @type {string} */
let list;

/** @param {{ file: string }} data */
export function initialize({ file }) {
  list = file;
}

/** Notes every module that is loaded. */
export function load(/** @type {string} */ url, /** @type {object} */ context, /** @type {Function} */ next) {
  appendFileSync(list, `${url}\n`);
  return next(url, context);
}
