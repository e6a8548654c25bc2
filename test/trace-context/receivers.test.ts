import { describe, expect, test } from 'vitest';
import type { ContextField } from '../../src/model/evidence.ts';
import { describeReceivers } from '../../src/trace-context/receivers.ts';

const GOOD = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const OTHER = GOOD.replace('4bf9', '5bf9');

describe('for whom a header is dead', () => {
  const cases: [name: string, transport: 'http' | 'kafka' | 'rabbitmq', fields: ContextField[], said: string][] = [
    ['a good one', 'http', [{ name: 'traceparent', value: GOOD }], 'read by JavaScript, Python, Java, Go'],
    [
      'upper case',
      'http',
      [{ name: 'traceparent', value: GOOD.toUpperCase() }],
      'dead for JavaScript, Python, Java, Go',
    ],
    [
      'two over HTTP: some join them, some take the first',
      'http',
      [
        { name: 'traceparent', value: GOOD },
        { name: 'traceparent', value: OTHER },
      ],
      'dead for JavaScript, Python; read by Java, Go',
    ],
    [
      'two in Kafka: kafkajs joins them',
      'kafka',
      [
        { name: 'traceparent', value: GOOD },
        { name: 'traceparent', value: OTHER },
      ],
      'dead for JavaScript; read by Python, Java, Go',
    ],
    [
      'two in Kafka, the older one broken: Java takes the newer',
      'kafka',
      [
        { name: 'traceparent', value: '' },
        { name: 'traceparent', value: GOOD },
      ],
      'dead for JavaScript, Python, Go; read by Java',
    ],
    [
      'bytes in an AMQP table',
      'rabbitmq',
      [{ name: 'traceparent', value: GOOD, type: 'bytes' }],
      'dead for JavaScript, Python; read by Java, Go',
    ],
    [
      'another case in an AMQP table',
      'rabbitmq',
      [{ name: 'Traceparent', value: GOOD }],
      'dead for JavaScript, Python; read by Java, Go',
    ],
    [
      'quotation marks',
      'kafka',
      [{ name: 'traceparent', value: `"${GOOD}"` }],
      'dead for JavaScript, Python, Java, Go',
    ],
  ];
  test.each(cases)('%s', (_name, transport, fields, said) => {
    expect(describeReceivers(fields, transport)).toBe(said);
  });
});
