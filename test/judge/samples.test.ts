import { describe, expect, test } from 'vitest';
import { isTooFew } from '../../src/judge/sampled-out.ts';
import { lossOf } from '../../src/judge/samples.ts';
import type { Verdict } from '../../src/model/report.ts';
import { type Scene, scene } from './scene.ts';

function verdicts(broken: number, intact: number): Verdict[] {
  return [...new Array<Verdict>(broken).fill('broken'), ...new Array<Verdict>(intact).fill('intact')];
}

describe('the loss rate', () => {
  test('has a Wilson interval', () => {
    expect(lossOf(verdicts(3, 7))).toEqual({ lost: 3, of: 10, rate: 0.3, low: 0.1078, high: 0.6032 });
    expect(lossOf(verdicts(0, 10))).toEqual({ lost: 0, of: 10, rate: 0, low: 0, high: 0.2775 });
    expect(lossOf(verdicts(10, 0))).toMatchObject({ rate: 1, low: 0.7225, high: 1 });
  });

  test('counts only probes that say something, and needs several', () => {
    expect(lossOf([...verdicts(1, 1), 'inconclusive', 'unexercised'])).toMatchObject({ lost: 1, of: 2 });
    expect(lossOf(verdicts(1, 0))).toBeUndefined();
    expect(lossOf(['inconclusive', 'inconclusive'])).toBeUndefined();
  });
});

test('a declared share is not believed only where it is far too much', () => {
  expect(isTooFew(0, 8, 0.5)).toBe(true);
  expect(isTooFew(0, 4, 0.5)).toBe(false);
  expect(isTooFew(2, 20, 0.5)).toBe(true);
  expect(isTooFew(6, 20, 0.5)).toBe(false);
  expect(isTooFew(0, 40, 0)).toBe(false);
});

const TOPOLOGY = `
version: 1
nodes:
  gate: { url: "http://127.0.0.1:1" }
  shelf: { url: "http://127.0.0.1:2", tap: { listen: "127.0.0.1:12" } }
flows:
  f: { send: { http: { path: "/\${probe.id}" } }, through: gate -> shelf }
`;

/** One probe after the other, by the instance of the shelf that answered and whether it read the context. */
function passes(...all: [instance: string, reads: boolean][]): Scene {
  const it = scene(TOPOLOGY);
  for (const [index, [instance, reads]] of all.entries()) {
    const id = index === 0 ? 'probe' : `q${index}`;
    const trace = index === 0 ? 'T' : id;
    if (index > 0) it.extra({ purpose: 'main', id, node: 'gate', hop: '' });
    const of = it.evidence().probes[index]?.id ?? '';
    it.span({ node: 'gate', id: `g${index}`, parent: id, trace })
      .span({ node: 'gate', id: `c${index}`, parent: `g${index}`, kind: 'client', trace })
      .wire({ into: 'shelf', carries: `${trace}:c${index}`, of, at: 20 + index })
      .span({
        node: 'shelf',
        id: `s${index}`,
        ...(reads ? { parent: `c${index}`, trace } : { trace: `R${index}`, marked: true, of }),
        resource: { 'service.instance.id': instance },
        at: 30,
      });
  }
  return it;
}

describe('losses that follow one instance', () => {
  test('say so', () => {
    const hop = passes(['a', true], ['b', false], ['a', true], ['b', false]).hop('gate', 'shelf');
    expect(hop).toMatchObject({ verdict: 'broken', loss: { lost: 2, of: 4 } });
    expect(hop.findings[0]).toMatchObject({
      cause: 'not-extracted',
      count: 2,
      follows: { what: "shelf's service.instance.id", value: 'b' },
    });
  });

  test('are not claimed where a sound probe met it too', () => {
    const hop = passes(['a', true], ['b', false], ['b', true], ['b', false]).hop('gate', 'shelf');
    expect(hop.findings[0]?.follows).toBeUndefined();
  });

  test('are not claimed of one loss alone', () => {
    expect(passes(['a', true], ['b', false], ['a', true]).hop('gate', 'shelf').findings[0]?.follows).toBeUndefined();
  });
});
