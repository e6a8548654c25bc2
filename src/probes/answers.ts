/** Whether something answers where things are to be sent: a connection, with TLS and login, and nothing on it. */
import { type Complaint, complaintOf } from '../model/problem.ts';
import type { ProbeTarget } from './probe.ts';

/** @returns why not */
export async function answersAt(target: ProbeTarget, signal: AbortSignal): Promise<Complaint | undefined> {
  switch (target.transport) {
    case 'http': {
      const { connectHttp } = await import('../clients/http.ts');
      return complaintOfOpening(connectHttp(target, signal));
    }
    case 'kafka':
      return kafkaAnswers(target, signal);
    case 'rabbitmq': {
      const { connectRabbitmq } = await import('../clients/rabbitmq.ts');
      return complaintOfOpening(connectRabbitmq(target.connection, signal).then((link) => link.close()));
    }
  }
}

async function complaintOfOpening(opening: Promise<void>): Promise<Complaint | undefined> {
  try {
    await opening;
    return undefined;
  } catch (error) {
    const complaint = complaintOf(error);
    if (complaint === undefined) throw error;
    return complaint;
  }
}

/** Brokers that do not have the topic yet do answer: whoever writes to it may create it. */
async function kafkaAnswers(
  { connection, topic }: ProbeTarget & { transport: 'kafka' },
  signal: AbortSignal,
): Promise<Complaint | undefined> {
  const [{ openSession }, { kafkaComplaint }] = await Promise.all([
    import('../clients/kafka-session.ts'),
    import('../clients/kafka-complaint.ts'),
  ]);
  try {
    const session = await openSession(connection, topic, signal);
    session.destroy();
    return undefined;
  } catch (error) {
    const { kind, message, hint } = kafkaComplaint(error, { connection, topic, right: 'Read' });
    return kind === 'no-topic' || kind === 'electing' ? undefined : { message, hint };
  }
}
