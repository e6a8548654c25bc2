/** Patience with partitions that have no leader yet: a topic that was just created, a broker that just went. */
import { type KafkaAttempt, kafkaComplaint } from './kafka-complaint.ts';
import { pause } from './kafka-pause.ts';

/** How long an election is waited for, ms. */
const PATIENCE_MS = 3000;
const RETRY_MS = 50;

/**
 * Does the work, again and again for a short while when leaders are being elected.
 * @throws what the last try threw
 */
export async function pastElection<T>(attempt: KafkaAttempt, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + PATIENCE_MS; ; ) {
    try {
      return await work();
    } catch (error) {
      const isElecting = kafkaComplaint(error, attempt).kind === 'electing';
      if (!isElecting || signal.aborted || performance.now() > end) throw error;
    }
    await pause(RETRY_MS, signal);
  }
}
