/** The fixtures' linters with types. */
// @ts-expect-error: the fixtures are JavaScript without declarations
import { ensureLinters as ensure, lint as run } from '../../fixtures/parts/linters.mjs';

export const ensureLinters: () => Promise<string> = ensure;

/** What the linter said; rejects where it finds something. */
export const lint: (
  linter: 'hadolint' | 'shellcheck' | 'check_jsonschema' | 'kubernetes_validate',
  args: string[],
) => Promise<string> = run;
