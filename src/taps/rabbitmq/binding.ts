/** Whether a further queue on an exchange changes nothing for anybody, and how it is bound to see what passes. */
import type { ExchangeFacts } from '../../clients/rabbitmq-exchange.ts';
import type { Complaint } from '../../model/problem.ts';

/** How the tap's queue is bound. */
export interface Binding {
  key: string;
  arguments: Record<string, string>;
}

/**
 * The binding that sees what goes through the exchange, or the reason why there must be none.
 * @param binding the declared binding key, which may be a topic pattern
 */
export function neutralBinding(exchange: string, facts: ExchangeFacts, binding?: string): Binding | Complaint {
  if (facts.alternateExchange !== undefined) {
    return stepBack(
      `exchange "${exchange}" has the alternate exchange "${facts.alternateExchange}"; with a tap bound to it, messages that no queue takes would no longer get there`,
    );
  }
  if (facts.autoDelete) {
    // Other bindings cannot be seen, and those that are there may go before the tap does.
    return stepBack(
      `exchange "${exchange}" is auto-delete; a tap would keep it alive after its last consumer went, or take it along when the tap goes`,
    );
  }
  switch (facts.type) {
    case 'fanout':
      return { key: binding ?? '', arguments: {} };
    case 'topic':
      return { key: binding ?? '#', arguments: {} };
    case 'headers':
      // No header is asked for, so all messages match.
      return { key: binding ?? '', arguments: { 'x-match': 'all' } };
    case 'direct':
      return binding === undefined ? directWithoutKey(exchange) : { key: binding, arguments: {} };
    default:
      return stepBack(
        `exchange "${exchange}" is of type ${facts.type}; whether a further queue would take messages from the others is not known`,
      );
  }
}

/** Nobody can bind to the default exchange. */
export function defaultExchange(): Complaint {
  return stepBack('a queue cannot be bound to the default exchange');
}

function directWithoutKey(exchange: string): Complaint {
  return {
    message: `exchange "${exchange}" is direct, and which routing keys are used on it cannot be asked for; there is no tap on it`,
    hint: 'Declare `binding:` with the routing key that the queue of this node is bound with.',
  };
}

function stepBack(reason: string): Complaint {
  return {
    message: `there is no tap here: ${reason}`,
    hint: 'Set `tap: false` to say that this is known; hops through this node are then judged by spans alone.',
  };
}
