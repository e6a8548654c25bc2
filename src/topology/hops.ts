/** Chains → hops: two services that follow each other, with every mediator between them (SURFACE §1). */
import type { NodeRecord, Position } from '../model/topology.ts';
import { chainText, parseChain } from './chain.ts';
import { suggestion } from './nearest.ts';
import { isMediator } from './nodes.ts';
import { spreadOptional } from './optional.ts';
import type { Reading } from './reading.ts';

/** A hop before policies are laid over it. */
export interface BareHop {
  id: string;
  flow: string;
  from: string;
  via: string[];
  to: string;
  at: Position;
  /** It need not happen. */
  optional?: boolean;
}

/** What chains run through, and where a flow enters them. */
export interface Terrain {
  nodes: ReadonlyMap<string, NodeRecord>;
  /** The node that the flow sends to. */
  sendTo: string | undefined;
}

/** One chain of one flow, a final `&` written out. */
export interface Route {
  names: string[];
  /** For each name whether it is written with `?`. */
  optional: boolean[];
  at: Position;
}

/** The text of every chain of a flow and where it stands. */
function chainsOf(reading: Reading, flow: string): { text: string; at: Position }[] {
  const through = reading.file.flows[flow]?.through ?? [];
  if (typeof through === 'string') return [{ text: through, at: reading.valueAt('flows', flow, 'through') }];
  return through.map((text, index) => ({ text, at: reading.valueAt('flows', flow, 'through', index) }));
}

/** The routes of a flow, in the order of the file. */
export function routesOf(reading: Reading, flow: string): Route[] {
  return chainsOf(reading, flow).flatMap(({ text, at }) =>
    parseChain(text).map((steps) => ({
      names: steps.map(({ name }) => name),
      optional: steps.map(({ optional }) => optional),
      at,
    })),
  );
}

/** Tells of names that no node has. */
function checkNames(reading: Reading, { names, at }: Route): void {
  for (const name of new Set(names)) {
    if (reading.declares(name)) continue;
    const hint =
      name === 'probe'
        ? 'Begin with the node that the flow sends to; the probe stands before it by itself.'
        : suggestion(name, reading.nodeNames);
    reading.error(at, `The chain names \`${name}\`, and no node is called that`, hint);
  }
}

/** The stretch from the last service before a mediator up to it, wherever some chain of the file has one. */
function leadTo(reading: Reading, mediator: string, flow: string, nodes: Terrain['nodes']): string[] | undefined {
  const isService = (name: string): boolean => {
    const node = nodes.get(name);
    return node !== undefined && !isMediator(node);
  };
  for (const { names } of [flow, ...Object.keys(reading.file.flows)].flatMap((each) => routesOf(reading, each))) {
    const end = names.indexOf(mediator, 1);
    const start = names.slice(0, Math.max(end, 0)).findLastIndex(isService);
    if (start >= 0) return names.slice(start, end);
  }
  return undefined;
}

/** Tells of a chain that begins where nothing is known to come from. */
function checkStart(reading: Reading, flow: string, { names, at }: Route, { nodes, sendTo }: Terrain): boolean {
  const [first = ''] = names;
  const start = nodes.get(first);
  if (start === undefined || first === sendTo) return true;
  if (isMediator(start)) {
    const lead = leadTo(reading, first, flow, nodes) ?? ['<service>'];
    const what = start.kind === 'service' ? 'a service that emits no spans' : `of kind ${start.kind}`;
    const better = chainText([...lead, ...names]);
    const message = `The chain begins at \`${first}\` (${what}), which \`${flow}\` does not send to`;
    reading.error(at, `${message}; begin with the service that sends into it: \`${better}\``);
    return false;
  }
  if (names.length > 1) return true;
  const hint = `Write where the context comes from: \`<service> -> ${first}\`.`;
  reading.error(at, `The chain is \`${first}\` alone, and \`${flow}\` does not send to it`, hint);
  return false;
}

/** Tells of `external` at any place of a chain but its end. */
function checkOutside(reading: Reading, { names, at }: Route, nodes: Terrain['nodes']): boolean {
  const outside = names.slice(0, -1).find((name) => nodes.get(name)?.kind === 'external');
  if (outside === undefined) return true;
  const hint = 'End the chain there; what happens outside cannot be seen.';
  reading.error(at, `\`${outside}\` is external and stands before the end of a chain`, hint);
  return false;
}

function isPassed({ names }: Route, index: number, nodes: Terrain['nodes']): boolean {
  const node = nodes.get(names[index] ?? '');
  return node !== undefined && isMediator(node) && index < names.length - 1;
}

/** Tells of a mediator with `?` that a chain goes on behind: the hop could pass it or not. */
function checkDetours(reading: Reading, route: Route, nodes: Terrain['nodes']): void {
  for (const [index, name] of route.names.entries()) {
    if (route.optional[index] !== true || !isPassed(route, index, nodes)) continue;
    const hint = 'Write two chains, one with it and one without, each with `?` at the service that it leads to.';
    reading.later(route.at, `\`${name}?\`, a mediator that a hop may pass or not,`, hint);
  }
}

/** The hops of one route. */
function hopsAlong(flow: string, route: Route, { nodes, sendTo }: Terrain): BareHop[] {
  const { names, optional, at } = route;
  const hops: BareHop[] = [];
  let from = names[0] === sendTo ? 'probe' : undefined;
  let via: string[] = [];
  for (const [index, name] of names.entries()) {
    if (isPassed(route, index, nodes)) {
      via.push(name);
      continue;
    }
    if (from !== undefined) {
      const id = `${flow}: ${chainText([from, ...via, name])}`;
      hops.push({ id, flow, from, via, to: name, at, ...(optional[index] === true ? { optional: true } : {}) });
    }
    [from, via] = [name, []];
  }
  return hops;
}

/** Each hop once, where it first stands; one that is written with and without `?` must happen. */
function merged(hops: readonly BareHop[]): BareHop[] {
  const required = new Set(hops.flatMap(({ id, optional }) => (optional === true ? [] : [id])));
  const first = new Map<string, BareHop>();
  for (const { optional, ...hop } of hops) {
    if (!first.has(hop.id)) first.set(hop.id, required.has(hop.id) ? hop : { ...hop, optional: true });
  }
  return [...first.values()];
}

/** Tells of a flow whose probes enter where no chain begins: nothing would be judged of what it sends. */
function checkEntry(reading: Reading, flow: string, sendTo: string, routes: readonly Route[]): boolean {
  if (routes.some(({ names }) => names[0] === sendTo)) return true;
  const first = routes[0]?.names[0] ?? '';
  reading.error(
    reading.valueAt('flows', flow, 'through'),
    `\`${flow}\` sends to \`${sendTo}\`, and no chain of it begins there`,
    `Send to \`${first}\`, or write a chain that begins with \`${sendTo}\`.`,
  );
  return false;
}

/**
 * The hops of a flow, each once, in the order of its chains.
 * @returns `whole` is false where a chain had to be left out, so that there may be more hops than are known
 */
export function hopsOf(reading: Reading, flow: string, terrain: Terrain): { hops: BareHop[]; whole: boolean } {
  const routes = routesOf(reading, flow);
  for (const route of routes) checkNames(reading, route);
  const known = routes.filter(({ names }) => names.every((name) => terrain.nodes.has(name)));
  const { sendTo } = terrain;
  if (sendTo === undefined || (known.length === routes.length && !checkEntry(reading, flow, sendTo, routes))) {
    return { hops: [], whole: false };
  }
  const sound = known.filter(
    (route) => checkOutside(reading, route, terrain.nodes) && checkStart(reading, flow, route, terrain),
  );
  for (const route of sound) checkDetours(reading, route, terrain.nodes);
  const hops = merged(sound.flatMap((route) => hopsAlong(flow, route, terrain)));
  const doubtful = sound.flatMap(({ names, optional }) => (optional[0] === true ? names.slice(0, 1) : []));
  return { hops: spreadOptional(hops, new Set(doubtful)), whole: sound.length === routes.length };
}
