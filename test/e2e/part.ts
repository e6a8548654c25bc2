/** Parts that cannot be had everywhere. */

/**
 * Whether tests that need the part are to be run. In CI always: where it is missing there, they fail.
 *
 * @param find gives where the part is kept, or `undefined`
 */
export function isAtHand(part: string, find: () => string | undefined): boolean {
  if (process.env.CI || find() !== undefined) return true;
  process.stderr.write(`Skipped: ${part} is not there. \`npm run setup\` gets it, and says what it needs for that.\n`);
  return false;
}
