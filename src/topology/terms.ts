/** The words of the topology language: names, durations, addresses, and the pieces that its mappings are made of. */
import { z } from 'zod';
import { expectedChain } from './chain.ts';

const NAME = '[A-Za-z0-9](?:[A-Za-z0-9._/-]*[A-Za-z0-9._/])?';

/** Names that mean something of their own in chains, policies and waivers. */
export const TAKEN_NAMES: readonly string[] = ['probe', 'any', 'self'];

const NAME_FORM: RegExp = new RegExp(`^${NAME}$`);

/** `a -> b -> c & d`, with `?` behind what need not be reached. */
const CHAIN_FORM: RegExp = new RegExp(`^\\s*${NAME}\\??(?:\\s*->\\s*${NAME}\\??)*(?:\\s*&\\s*${NAME}\\??)*\\s*$`);

/** `from -> to`, with `*` for any node. */
const SELECTOR_FORM: RegExp = new RegExp(`^\\s*(?:\\*|${NAME})(?:\\s*->\\s*(?:\\*|${NAME}))+\\s*$`);

const PORT = '(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';

const HOST_PORT = `(?:\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):${PORT}`;

const MS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;

/** A duration in ms; the text has the form of one. */
export function durationMs(text: string): number {
  const [, count = '', unit = ''] = DURATION.exec(text) ?? [];
  return Math.round(Number(count) * (MS[unit] ?? Number.NaN));
}

/**
 * Text of one form. What is expected is told in the same words whether it is no text or text of another form.
 * A variable may stand for it as for whatever is not free text; see {@link literally}.
 */
export function form(pattern: RegExp | string, expected: string): z.ZodString {
  return z.string(expected).regex(new RegExp(pattern), expected);
}

/** Marks text whose form says all that may stand there, so that the JSON Schema takes no variable beside it. */
export function literally(text: z.ZodString): z.ZodString {
  return text.meta({ literally: true });
}

/** Free text in which variables may stand. */
export const text: z.ZodString = z.string().min(1);

export const duration: z.ZodString = form(DURATION, 'a duration such as 500ms, 15s, 2m or 1h');

export const hostPort: z.ZodString = form(`^${HOST_PORT}$`, 'host:port, such as 127.0.0.1:4318');

export const nodeName: z.ZodString = form(NAME_FORM, 'the name of a node');

/** A key that names a node or flow. */
const newName: z.ZodString = literally(
  form(
    `^(?!(?:${TAKEN_NAMES.join('|')})$)${NAME}$`,
    'a name: letters, digits and . _ / -, beginning with a letter or digit, not ending with -',
  ),
);

export const chain: z.ZodString = literally(
  z.string(expectedChain(undefined)).regex(CHAIN_FORM, { error: ({ input }) => expectedChain(input) }),
);

export const selector: z.ZodString = literally(
  form(SELECTOR_FORM, 'a hop, such as checkout -> billing, or "* -> billing"'),
);

/** What goes over the wire as text; a number or true and false keep their source text. */
export const scalar: z.ZodUnion<[z.ZodString, z.ZodNumber, z.ZodBoolean]> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
]);

export const scalars: z.ZodRecord<z.ZodString, typeof scalar> = z.record(z.string(), scalar);

/** HTTP header names (RFC 9110 §5.1) and their values. */
export const headers: z.ZodRecord<z.ZodString, typeof scalar> = z.record(
  literally(form(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'the name of a header')),
  scalar,
);

/** An optional key, with what editors say of it. */
export function optional<T extends z.ZodType>(schema: T, description: string): z.ZodExactOptional<T> {
  return z.exactOptional(schema.describe(description));
}

/** A required key, with what editors say of it. */
export function required<T extends z.ZodType>(schema: T, description: string): T {
  return schema.describe(description);
}

/**
 * A mapping with these keys and no others, beside `x-*`. Zod does not say which keys it would have known, so its
 * issue for an unknown key carries them as its message.
 */
export function struct<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  return z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : ''),
  });
}

function present(value: object, keys: readonly string[]): string[] {
  return keys.filter((key) => Object.hasOwn(value, key));
}

function listed(keys: readonly string[]): string {
  return keys.map((key) => `\`${key}\``).join(', ');
}

/** A mapping of names that has at least one. */
export function someOf<T extends z.ZodType>(what: string, value: T): z.ZodRecord<z.ZodString, T> {
  return z
    .record(newName, value)
    .check((context) => {
      if (Object.keys(context.value).length > 0 || context.issues.length > 0) return;
      const message = `There is no ${what} here, and nothing to do without one`;
      context.issues.push({ code: 'custom', message, input: context.value, path: [] });
    })
    .meta({ minProperties: 1 });
}

/** A mapping with at most one of some of its keys. */
export function atMostOne<S extends z.ZodRawShape>(keys: readonly string[], shape: S): z.ZodObject<S, z.core.$strict> {
  const one = keys.map((key) => ({ required: [key] }));
  return struct(shape)
    .check((context) => {
      const [first, second] = present(context.value, keys);
      if (second === undefined) return;
      const message = `\`${second}\` stands beside \`${first}\`; only one of ${listed(keys)} can`;
      context.issues.push({ code: 'custom', message, input: context.value, path: [second] });
    })
    .meta({ oneOf: [...one, { not: { anyOf: one } }] });
}

/** A mapping with exactly one of its keys. */
export function exactlyOne<S extends z.ZodRawShape>(shape: S): z.ZodObject<S, z.core.$strict> {
  const keys = Object.keys(shape);
  return atMostOne(keys, shape)
    .check((context) => {
      if (present(context.value, keys).length > 0 || context.issues.length > 0) return;
      const message = `One of ${listed(keys)} is missing here`;
      context.issues.push({ code: 'custom', message, input: context.value, path: [] });
    })
    .meta({ oneOf: keys.map((key) => ({ required: [key] })) });
}
