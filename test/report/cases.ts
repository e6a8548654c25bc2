/** Reports that between them show everything that a format must show. */
import type { Report } from '../../src/model/report.ts';
import { brokenCases } from './broken-cases.ts';
import { gateCases } from './gate-cases.ts';
import { probingCases } from './probing-cases.ts';
import { unbrokenCases } from './unbroken-cases.ts';

export const cases: Record<string, () => Report> = { ...unbrokenCases, ...brokenCases, ...probingCases, ...gateCases };
