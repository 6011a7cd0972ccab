import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
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
  it.skipIf(isLeftOut('kubectl') || isLeftOut('kubernetes-validate'))(
    'are built by kustomize, and are what the schemas of Kubernetes ask for',
    () => {
      const built = runLinter('kubectl', ['kustomize', FOLDER]);
      expect(built).toMatchObject({ status: 0 });
      expect(parseAllDocuments(built.out)).toHaveLength(9);
      const file = join(folder, 'built.yaml');
      writeFileSync(file, built.out);
      const { status, said } = runLinter('kubernetes-validate', ['--strict', file]);
      expect(status, said).toBe(0);
      expect(said.match(/passed for resource/g)).toHaveLength(7);
      writeFileSync(file, built.out.replace('terminationGracePeriodSeconds', 'terminationGraceSeconds'));
      expect(runLinter('kubernetes-validate', ['--strict', file]).status).not.toBe(0);
    },
  );

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
