import { MINUTE_MS, pathOf } from '../model/index.js';
import { clockTime, shiftArgument } from './explain.js';
import type { InstanceChange } from './instances.js';
import { sumOf } from './localise-amounts.js';
import { byStrength, type Finding, type Reading } from './onset.js';
import type { Signs } from './outside-evidence.js';
import { allFindings, type Told } from './outside-told.js';
import { effectAt, originOf, type Scene } from './scene.js';
import { decayed } from './terms.js';
import { CLEARLY_ABNORMAL, INSTANCE_CLEARNESS, NODE_CLEARNESS, OFF_HALF_LIFE_MS } from './weights.js';
import { earliest } from './windows.js';

/** Labels that name the machine on which something runs. */
const NODE_LABELS = ['node', 'node_name', 'kubernetes_node', 'host', 'hostname', 'nodename', 'host_name'];

function nodeOf({ series }: Reading): string | undefined {
  return NODE_LABELS.map((name) => series.labels[name]).find((value) => value !== undefined && value !== '');
}

function isHit({ harmful, strength, shift, role }: Reading): boolean {
  return harmful && role !== 'load' && strength >= CLEARLY_ABNORMAL && shift.onsetAt !== undefined;
}

/** The services measured on one node, and those of them that are degraded there. */
interface OnNode {
  readonly all: Set<string>;
  readonly hit: Set<string>;
}

function byNode(readings: readonly Reading[]): ReadonlyMap<string, OnNode> {
  const nodes = new Map<string, OnNode>();
  for (const reading of readings) {
    const node = nodeOf(reading);
    if (node === undefined) continue;
    const on = nodes.get(node) ?? { all: new Set<string>(), hit: new Set<string>() };
    nodes.set(node, on);
    on.all.add(reading.service);
    if (isHit(reading)) on.hit.add(reading.service);
  }
  return nodes;
}

/** The least share of a node's services that are degraded, and the most elsewhere, for the node to be blamed. */
const MOST_OF_NODE = 0.6;
const FEW_ELSEWHERE = 0.35;

const MOST_CITED = 4;

/** What of a node itself ran out, by the group of its strongest metric of a resource. */
function troubleOf(findings: readonly Finding[]): string {
  const [resource] = findings.filter(({ role }) => role === 'resource');
  return resource === undefined ? '' : `: ${resource.group}`;
}

/** What speaks for a node: several services degraded on it, few elsewhere; undefined when that is not so. */
function signsOfNode(
  scene: Scene,
  nodes: ReadonlyMap<string, OnNode>,
  node: string,
  { all, hit }: OnNode,
): Signs | undefined {
  const others = [...nodes].filter(([other]) => other !== node).map(([, on]) => on);
  const measured = sumOf(others.map((on) => on.all.size));
  const degraded = sumOf(others.map((on) => on.hit.size));
  if (hit.size < 2 || hit.size < MOST_OF_NODE * all.size) return undefined;
  if (measured === 0 || degraded > FEW_ELSEWHERE * measured) return undefined;
  const findings = allFindings(scene)
    .filter((finding) => nodeOf(finding) === node && isHit(finding))
    .sort(byStrength);
  const services = [...hit].sort();
  const argument = {
    sentence: `${hit.size} of ${all.size} services measured on ${node} are degraded there (${services.join(', ')}), of ${measured} measured on other nodes ${degraded}.`,
    cites: findings.slice(0, MOST_CITED).flatMap((finding) => shiftArgument(finding).cites),
  };
  const at = earliest(findings.map(({ onsetAt }) => onsetAt)) ?? effectAt(scene);
  return {
    name: 'node',
    title: `The node ${node} is in trouble${troubleOf(findings)}`,
    clearness: NODE_CLEARNESS,
    remedy: 'replace-node',
    told: [{ service: services[0] ?? '', text: node, weight: 1, at, argument }],
    findings,
    share: hit.size / (hit.size + degraded),
    borneOut: hit.size / all.size,
  };
}

/** Instances of several services that degrade together on one node, while those elsewhere stay as they are. */
export function signsOfNodes(scene: Scene): readonly Signs[] {
  const evidence = [...scene.evidence.values(), ...scene.beyond.values()];
  const nodes = byNode(evidence.flatMap(({ readings }) => readings));
  return [...nodes].flatMap(([node, on]) => signsOfNode(scene, nodes, node, on) ?? []);
}

/** So many instances that come within one window are a loop of crashes, rather than a replacement. */
const LOOP = 3;

/** How long after a deployment the instances that it replaces may come and go. */
const ROLLOUT_MS = 15 * MINUTE_MS;

function isRollout(scene: Scene, { service, at }: InstanceChange): boolean {
  return scene.changes.some(
    ({ receipt }) => receipt.service === service && receipt.at <= at && at - receipt.at <= ROLLOUT_MS,
  );
}

function told({ service, instance, what, at, series }: InstanceChange): Told {
  const sentence =
    what === 'ended'
      ? `The series of ${instance} of ${service} end at ${clockTime(at)}.`
      : `${instance} of ${service} appears at ${clockTime(at)}.`;
  const cites = [pathOf({ type: 'sample', series: series.key, at })];
  return { service, text: instance, weight: 1, at, argument: { sentence, cites } };
}

function titleOf(ended: number, began: number): string {
  if (began >= LOOP) return `Instances crash and come again, ${began} of them`;
  if (began === 0) return ended === 1 ? 'An instance is gone' : `${ended} instances are gone`;
  return ended === 1 ? 'An instance was replaced' : `${ended} instances were replaced`;
}

/** Instances that went away without a change that takes them away; new ones alone are no trouble. */
export function signsOfInstances(scene: Scene): readonly Signs[] {
  const changes = scene.instances.filter((change) => !isRollout(scene, change));
  const services = [...new Set(changes.map(({ service }) => service))];
  return services.flatMap((service): readonly Signs[] => {
    const own = changes.filter((change) => change.service === service);
    const ended = own.filter(({ what }) => what === 'ended');
    const [first] = ended;
    if (first === undefined) return [];
    return [
      {
        name: 'instance',
        title: titleOf(ended.length, own.length - ended.length),
        clearness: INSTANCE_CLEARNESS,
        remedy: 'escalate',
        told: own.map(told),
        findings: [],
        service,
        onsetAt: first.at,
        share: INSTANCE_CLEARNESS * originOf(scene, service),
        borneOut: decayed(Math.abs(effectAt(scene) - first.at), OFF_HALF_LIFE_MS),
      },
    ];
  });
}
