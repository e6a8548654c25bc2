/** Every variable of a topology file: is it one, may it stand there, is it set. */

import type { Located } from './located.ts';
import { suggestion } from './nearest.ts';
import type { Environment, Problems } from './reading.ts';
import { malformedIn, type Reference, referencesIn, written } from './template.ts';
import { type Place, type PlacedText, placeOf, textsOf } from './variable-places.ts';

function whyNot(reference: Reference, place: Place): { message: string; hint?: string } | undefined {
  const text = written(reference);
  if (place.allowed.has(reference.kind)) {
    if (reference.kind !== 'saved' || place.saved.includes(reference.name)) return undefined;
    const hint = suggestion(reference.name, place.saved) ?? 'A `save` in a request before it gives it its value.';
    return { message: `\`${text}\` is saved by nothing before`, hint };
  }
  if (reference.kind === 'probe' || reference.kind === 'saved') {
    return {
      message: `\`${text}\` has a value only in what a probe sends: path, headers, body, key, routing key, properties`,
    };
  }
  const hint = 'Secrets go into urls, credentials, headers, bodies and keys.';
  return { message: `\`${text}\` cannot stand here, where the text is shown in reports and saved`, hint };
}

/** The variable of the environment that a reference cannot do without. */
function neededBy({ kind, name, fallback }: Reference): string | undefined {
  return (kind === 'env' && fallback === undefined) || kind === 'secret' ? name : undefined;
}

function unsetFault(reference: Reference): { message: string; hint: string } {
  const { kind, name } = reference;
  const orDefault = kind === 'env' ? `, or give it a default: \${${name}:-…}` : '';
  return { message: `\`${written(reference)}\` is not set`, hint: `Set ${name} in the environment${orDefault}.` };
}

interface Check {
  problems: Problems;
  env: Environment;
  /** How bad a variable without a value is. */
  unset: 'error' | 'warning';
}

function checkText({ problems, env, unset }: Check, { text, at }: PlacedText, place: Place): void {
  for (const { text: bad, expected } of malformedIn(text)) {
    problems.add('error', { at, message: `\`${bad}\` is no variable`, hint: `Expected ${expected}.` });
  }
  for (const reference of referencesIn(text)) {
    const why = whyNot(reference, place);
    const needed = neededBy(reference);
    if (why !== undefined) problems.add('error', { at, ...why });
    else if (needed !== undefined && env[needed] === undefined) problems.add(unset, { at, ...unsetFault(reference) });
  }
}

/**
 * Tells of every variable that cannot be put in.
 * @param extensions keys that are no part of the topology
 * @returns the names in the environment that must be set, in the order of the file
 */
export function checkVariables(root: Located, extensions: ReadonlySet<string>, check: Check): string[] {
  const needed: string[] = [];
  for (const placed of textsOf(root, [], extensions)) {
    checkText(check, placed, placeOf(root, placed.path));
    needed.push(...referencesIn(placed.text).flatMap((reference) => neededBy(reference) ?? []));
  }
  return [...new Set(needed)];
}
