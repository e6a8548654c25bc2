/** The list of probes; each is loaded only when a flow needs it. */
import type { Complaint } from '../model/problem.ts';
import type { CookieJar, ProbeSender, ProbeTarget } from './probe.ts';

/** @throws a complaint where the target cannot be reached */
export async function openProbe(target: ProbeTarget): Promise<ProbeSender> {
  switch (target.transport) {
    case 'http':
      return (await import('./http.ts')).openHttpProbe(target, { responseMs: target.responseMs });
    case 'kafka':
      return (await import('./kafka.ts')).openKafkaProbe(target);
    case 'rabbitmq':
      return (await import('./rabbitmq.ts')).openRabbitmqProbe(target);
  }
}

/** An empty jar for the cookies of one probe. */
export async function newCookieJar(): Promise<CookieJar> {
  return (await import('../clients/http-cookies.ts')).createCookieJar();
}

/** Whether something answers at a target, nothing being sent to it. @returns why not */
export async function answersAt(target: ProbeTarget, signal: AbortSignal): Promise<Complaint | undefined> {
  return (await import('./answers.ts')).answersAt(target, signal);
}
