/** What a plain AMQP client can find out about an exchange without the management API and without changing anything. */
import type { RabbitmqLink } from './rabbitmq.ts';
import { rabbitmqError, replyText } from './rabbitmq-error.ts';

/** How an exchange was declared. An alternate exchange that a policy sets cannot be seen. */
export interface ExchangeFacts {
  /** `direct`, `topic`, `fanout`, `headers`, or what a plugin brought. */
  type: string;
  durable: boolean;
  autoDelete: boolean;
  internal: boolean;
  alternateExchange?: string;
}

/**
 * Finds out how an exchange was declared. The broker compares a declaration with what is there, argument by argument,
 * and says in its refusal (406) what the first different one is; so it is asked until only the alternate exchange is left.
 * That one is always given with a type that is invalid, which nothing can be equal to and which no exchange can be
 * created with: the declaration is refused whether or not the exchange exists, and changes nothing.
 * @throws RabbitmqError `not-found`, `no-rights` (needs the right to configure the exchange) or `refused`
 */
export async function inspectExchange(link: RabbitmqLink, name: string): Promise<ExchangeFacts> {
  await link.aside(`look up exchange "${name}"`, (channel) => channel.checkExchange(name));
  let facts: ExchangeFacts = { type: 'topic', durable: true, autoDelete: false, internal: false };
  for (let asked = 0; asked < 5; asked++) {
    const difference = readDifference(await refusal(link, name, facts));
    if (difference === undefined) break;
    if (difference.argument === 'alternate-exchange') {
      return difference.current === undefined ? facts : { ...facts, alternateExchange: difference.current };
    }
    facts = withFact(facts, difference);
  }
  throw rabbitmqError('refused', {
    message: `RabbitMQ at ${link.address} does not say how exchange "${name}" was declared`,
    hint: 'Brokers other than RabbitMQ, and very long exchange names, keep it to themselves.',
  });
}

/** What the broker answers to a declaration that it cannot but refuse. */
async function refusal(link: RabbitmqLink, name: string, facts: ExchangeFacts): Promise<string> {
  const { type, durable, autoDelete, internal } = facts;
  const options = { durable, autoDelete, internal, arguments: { 'alternate-exchange': 0 } };
  return await link.aside(`configure exchange "${name}", which is how its settings are read`, (channel) =>
    channel.assertExchange(name, type, options).then(
      () => '',
      (error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 406) return replyText(error);
        throw error;
      },
    ),
  );
}

interface Difference {
  argument: string;
  /** Absent: none. */
  current?: string;
}

/** Out of "inequivalent arg 'type' for exchange 'x' in vhost '/': received 'topic' but current is 'fanout'". */
function readDifference(text: string): Difference | undefined {
  const match =
    /^inequivalent arg '([^']+)' for exchange .* but current is (?:none|(?:the value )?'(.*?)'(?: of type '\w+')?)$/s.exec(
      text,
    );
  if (match?.[1] === undefined) return undefined;
  return match[2] === undefined ? { argument: match[1] } : { argument: match[1], current: match[2] };
}

function withFact(facts: ExchangeFacts, { argument, current }: Difference): ExchangeFacts {
  switch (argument) {
    case 'type':
      return { ...facts, type: current ?? facts.type };
    case 'durable':
      return { ...facts, durable: current === 'true' };
    case 'auto_delete':
      return { ...facts, autoDelete: current === 'true' };
    case 'internal':
      return { ...facts, internal: current === 'true' };
    default:
      return facts;
  }
}
