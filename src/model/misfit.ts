/** How a saved file differs from what its schema asks for, in sentences for a person. */

/** One difference, as a schema library tells it; only what the sentences need. */
export interface Misfit {
  code: string;
  path: readonly PropertyKey[];
  message: string;
  /** What stands there; absent where nothing does. */
  input?: unknown;
  /** With `invalid_type`: the name of the type. */
  expected?: string;
  /** With `invalid_value`: the values that are allowed. */
  values?: readonly unknown[];
  /** With `unrecognized_keys`. */
  keys?: readonly string[];
  /** With `invalid_union`: the field that tells the kinds apart, and what it may be. */
  discriminator?: string | undefined;
  options?: readonly unknown[];
}

const MOST = 10;
const LONGEST = 40;

/** The first 10 differences as sentences that name the path (`spans[3].traceId: expected …, got …`), and how many more there are. */
export function sentencesOf(misfits: readonly Misfit[]): string[] {
  const sentences = misfits.slice(0, MOST).map((misfit) => sentenceOf(ofField(misfit)));
  const rest = misfits.length - sentences.length;
  return rest > 0 ? [...sentences, `and ${rest} more problem${rest === 1 ? '' : 's'}`] : sentences;
}

/** A kind that there is not is told as a wrong value of the field that names the kind. */
function ofField(misfit: Misfit): Misfit {
  const { discriminator, options, input } = misfit;
  if (discriminator === undefined || options === undefined) return misfit;
  const kind =
    typeof input === 'object' && input !== null
      ? Object.entries(input).find(([key]) => key === discriminator)
      : undefined;
  return { code: 'invalid_value', path: misfit.path, message: misfit.message, values: options, input: kind?.[1] };
}

function sentenceOf(misfit: Misfit): string {
  const where = pathOf(misfit.path);
  const prefix = where === '' ? '' : `${where}: `;
  if (misfit.code === 'unrecognized_keys') {
    const keys = misfit.keys ?? [];
    return `${prefix}unknown key${keys.length === 1 ? '' : 's'} ${keys.map(shown).join(', ')}`;
  }
  const expected = expectationOf(misfit);
  return misfit.input === undefined
    ? `${prefix}missing, expected ${expected}`
    : `${prefix}expected ${expected}, got ${shown(misfit.input)}`;
}

function expectationOf({ code, expected, values, message }: Misfit): string {
  if (code === 'invalid_value' && values !== undefined) {
    return values.length === 1 ? shown(values[0]) : `one of ${values.map(String).join(', ')}`;
  }
  return code === 'invalid_type' && expected !== undefined ? (TYPES[expected] ?? expected) : message;
}

const TYPES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  return JSON.stringify(value.length > LONGEST ? `${value.slice(0, LONGEST)}…` : value);
}

/** `spans[3].resource["service.name"]` */
function pathOf(path: readonly PropertyKey[]): string {
  return path.map((step, index) => stepOf(step, index === 0)).join('');
}

function stepOf(step: PropertyKey, first: boolean): string {
  if (typeof step === 'number') return `[${step}]`;
  const name = String(step);
  if (!/^[A-Za-z_$][\w$]*$/.test(name)) return `[${JSON.stringify(name)}]`;
  return first ? name : `.${name}`;
}
