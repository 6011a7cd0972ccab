import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../../src/config/index.js';
import { isLeftOut, PACKAGING, runLinter } from './linters.js';

const FOLDER = `${PACKAGING}/kubernetes`;
const folder = mkdtempSync(join(tmpdir(), 'genchi-kubernetes-'));
afterAll(() => rmSync(folder, { recursive: true }));

const read = (name: string): unknown => parse(readFileSync(`${FOLDER}/${name}`, 'utf8'));

const probe = z.object({ httpGet: z.object({ path: z.string(), port: z.literal('http') }) });
const container = z.object({
  securityContext: z.object({
    allowPrivilegeEscalation: z.literal(false),
    readOnlyRootFilesystem: z.literal(true),
    capabilities: z.object({ drop: z.tuple([z.literal('ALL')]), add: z.undefined().optional() }),
  }),
  livenessProbe: probe,
  readinessProbe: probe,
  resources: z.object({ requests: z.object({ cpu: z.string(), memory: z.string() }) }),
  volumeMounts: z.array(z.object({ mountPath: z.string() })),
});
const pod = z.object({
  automountServiceAccountToken: z.literal(false),
  terminationGracePeriodSeconds: z.number(),
  hostNetwork: z.undefined().optional(),
  hostPID: z.undefined().optional(),
  securityContext: z.object({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().min(1),
    seccompProfile: z.object({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.tuple([container]),
});
const statefulSet = z.object({
  spec: z.object({ replicas: z.literal(1), template: z.object({ spec: pod }) }),
});
const rules = z.object({ groups: z.array(z.unknown()).min(1) });

describe('the Kubernetes manifests', () => {
  const manifests = readdirSync(FOLDER).filter((name) => name !== 'kustomization.yaml');

  it.skipIf(isLeftOut('kubernetes-validate'))('are what the schemas of Kubernetes ask for', () => {
    const files = manifests.map((name) => `${FOLDER}/${name}`);
    const { status, said } = runLinter('kubernetes-validate', ['--strict', ...files]);
    expect(status, said).toBe(0);
    // All but the two of the Prometheus Operator, whose schemas are not those of Kubernetes.
    expect(said.match(/passed for resource/g)).toHaveLength(files.length - 2);
    const broken = join(folder, 'broken.yaml');
    const set = readFileSync(`${FOLDER}/statefulset.yaml`, 'utf8');
    writeFileSync(broken, set.replace('terminationGracePeriodSeconds', 'terminationGraceSeconds'));
    expect(runLinter('kubernetes-validate', ['--strict', broken]).status).not.toBe(0);
  });

  it('are all in the kustomization, which says nothing of others', () => {
    const { resources } = z.object({ resources: z.array(z.string()) }).parse(read('kustomization.yaml'));
    expect([...resources].sort()).toEqual([...manifests].sort());
  });

  it('send to the one pod also while it is not ready, since there is no other', () => {
    const spec = z.object({ publishNotReadyAddresses: z.literal(true), clusterIP: z.undefined().optional() });
    expect(z.object({ spec }).safeParse(read('service.yaml')).success).toBe(true);
  });

  it('run one pod that keeps to the restricted standard, with nothing to write to but its data and /tmp', () => {
    const { spec } = statefulSet.parse(read('statefulset.yaml')).spec.template;
    const [only] = spec.containers;
    expect(only.livenessProbe.httpGet.path).toBe('/-/healthy');
    expect(only.readinessProbe.httpGet.path).toBe('/-/ready');
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(15);
    const mounts = only.volumeMounts.map(({ mountPath }) => mountPath);
    expect(mounts).toEqual(['/var/lib/genchi', '/etc/genchi', '/tmp']);
    const namespace = z.object({ metadata: z.object({ labels: z.record(z.string(), z.string()) }) });
    const { labels } = namespace.parse(read('namespace.yaml')).metadata;
    expect(labels['pod-security.kubernetes.io/enforce']).toBe('restricted');
  });

  it('bring settings that Genchi takes', () => {
    const { data } = z.object({ data: z.record(z.string(), z.string()) }).parse(read('configmap.yaml'));
    const file = join(folder, 'genchi.yaml');
    writeFileSync(file, data['genchi.yaml'] ?? '');
    const env = { GENCHI_HOST: '0.0.0.0', GENCHI_DATA: '/var/lib/genchi' };
    const { config, warnings } = loadConfig({ flags: {}, file, env });
    expect(warnings).toEqual([]);
    expect(config).toMatchObject({ auth: 'required', insecure: false, graphiql: false });
  });

  it('alert by the same rules as everywhere else', () => {
    const wrapped = z.object({ spec: rules }).parse(read('prometheusrule.yaml'));
    const plain = rules.parse(parse(readFileSync(`${PACKAGING}/prometheus/genchi-alerts.yml`, 'utf8')));
    expect(wrapped.spec.groups).toEqual(plain.groups);
  });
});
