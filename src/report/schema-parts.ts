/** What the schemas of a report are put together from. */
import { z } from 'zod';

/** A schema for every field of a type, and for none beside: a field that is left out or made up does not compile. */
export type Fields<T> = {
  [K in keyof T]-?: Pick<T, K> extends Required<Pick<T, K>> ? z.ZodType<T[K]> : z.ZodExactOptional<z.ZodType<T[K]>>;
};

export const text: z.ZodString = z.string();
export const count: z.ZodInt = z.int('a whole number').nonnegative('a number of at least 0');
