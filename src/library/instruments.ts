/** The instruments of a real run: every probe, source and tap that there is, the machine's clock and randomness. */
import { randomBytes } from 'node:crypto';
import type { Instruments } from '../engine/instruments.ts';
import { answersAt, newCookieJar, openProbe } from '../probes/index.ts';
import { openSource } from '../sources/index.ts';
import { openTap } from '../taps/index.ts';

const NS_PER_MS = 1_000_000;

export const instruments: Instruments = {
  openProbe,
  newCookieJar,
  answersAt,
  openTap,
  openSource,
  clock: {
    ms: () => performance.timeOrigin + performance.now(),
    ns: () => {
      const now = performance.now();
      const whole = BigInt(Math.floor(performance.timeOrigin)) * BigInt(NS_PER_MS);
      const rest = (performance.timeOrigin % 1) + now;
      return String(whole + BigInt(Math.round(rest * NS_PER_MS)));
    },
  },
  randomHex: (digits) => {
    for (;;) {
      const hex = randomBytes(Math.ceil(digits / 2))
        .toString('hex')
        .slice(0, digits);
      if (/[^0]/.test(hex)) return hex;
    }
  },
};
