/** What is wrong with what a person gave, as it is told on stderr. */
import { type Line, line, piece, wrap } from '../report/table/text.ts';
import { type Terminal, wantsColor, widthOf, write } from './terminal.ts';

const HANGING = 2;

/** As it stands for programs that read it; a terminal gets it wrapped between words, its places in bold. */
export async function complain(message: string, { stderr, env }: Terminal): Promise<void> {
  if (stderr.isTTY !== true) return write(stderr, `${message}\n`);
  const { painter } = await import('../report/table/paint.ts');
  const lines = message.split('\n').flatMap((each) => wrapped(each, widthOf(stderr)));
  await write(stderr, `${lines.map(painter(wantsColor(stderr, env, true))).join('\n')}\n`);
}

/** `tracegap.yaml:12:5: message`, or a hint that is indented already. */
function wrapped(text: string, width: number): Line[] {
  const [, margin = '', place = '', rest = ''] = /^( *)(\S+:\d+:\d+: )?(.*)$/.exec(text) ?? [];
  const lines = wrap(line(piece(place, 'strong'), rest), width - margin.length, HANGING);
  return lines.map((each) => [piece(margin), ...each]);
}
