/** The shop's services export with their real SDKs to a real Jaeger, and nobody re-points them: the audit asks Jaeger. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
// @ts-expect-error: the fixtures are JavaScript without declarations
import { findJaeger, startJaeger } from '../../fixtures/parts/jaeger.mjs';
import { audit, verdictsOf } from './cli.ts';
import { isAtHand } from './part.ts';
import { type Shop, startShop } from './shop.ts';

describe.runIf(isAtHand('Jaeger', findJaeger))('the shop, through a real Jaeger', () => {
  let jaeger: { url: string; otlpHttp: string; stop(): Promise<void> };
  let shop: Shop;
  beforeAll(async () => {
    jaeger = await startJaeger();
    shop = await startShop({ receiverPort: Number(new URL(jaeger.otlpHttp).port) });
  });
  afterAll(async () => {
    await shop?.stop();
    await jaeger?.stop();
  });
  const topology = () => {
    const source = { jaeger: { url: jaeger.url, export: jaeger.otlpHttp, delay: '1s' } };
    return shop.writeTopology({ deadline: '20s', overrides: { sources: [source] } });
  };

  test('is well over HTTP, Kafka and RabbitMQ', async () => {
    const { status, report, stderr } = await audit(await topology());
    expect(verdictsOf(report), stderr).toEqual({
      'probe -> checkout': 'intact',
      'checkout -> billing': 'intact',
      'checkout -> stock': 'linked',
      'checkout -> pricing': 'intact',
      'pricing -> catalog': 'intact',
      'billing -> mailer': 'intact',
    });
    expect([status, report.problems]).toEqual([0, []]);
  });

  test('a producer that sends no context is found as without a store', async () => {
    await shop.set({ faults: { checkout: 'bare-producer' } });
    const { status, report, stderr } = await audit(await topology());
    const verdicts = verdictsOf(report);
    expect(verdicts['checkout -> billing'], stderr).toBe('broken · not-injected · checkout · proved');
    expect(verdicts['checkout -> stock'], stderr).toBe('broken · not-injected · checkout · proved');
    expect(verdicts['billing -> mailer'], stderr).toBe('intact');
    expect([status, report.summary.faults]).toEqual([1, 1]);
  });
});
