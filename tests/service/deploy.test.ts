// What is in deploy/, checked as far as that goes without a container runtime or a cluster.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';

import { Metrics } from '../../service/src/metrics';
import { readSettings } from '../../service/src/settings';
import {
  deployedFiles,
  deployFolder,
  objectsOf,
  projectFolder,
  settingNames,
  stagesOf,
  textOf,
  yamlOf,
} from './support/deployment';
import { OpenService } from './support/open_service';
import { namesIn } from './support/promql';
import { freePort } from './support/redis';

const manual = textOf('docs/operations.md');

it.each(deployedFiles().filter((name) => /\.(?:ya?ml|json)$/.test(name)))('%s is well-formed', (name) => {
  const documents = name.endsWith('.json') ? [JSON.parse(textOf(name)) as unknown] : yamlOf(name);
  expect(documents.length).toBeGreaterThan(0);
  for (const document of documents) expect(document).toEqual(expect.any(Object));
});

describe('metrics', () => {
  /** Labels by name of the series, those of histograms spelled out. */
  const exported = new Map<string, string[]>();
  beforeAll(async () => {
    const metrics = new Metrics();
    for (const { name, type, values } of await metrics.registry.getMetricsAsJSON()) {
      const { labelNames = [] } = metrics.registry.getSingleMetric(name) as unknown as { labelNames?: string[] };
      const labels = [...labelNames, ...values.flatMap(({ labels }) => Object.keys(labels))];
      const isHistogram = String(type) === 'histogram';
      for (const end of isHistogram ? ['_count', '_sum'] : ['']) exported.set(name + end, labels);
      if (isHistogram) exported.set(`${name}_bucket`, [...labels, 'le']);
    }
  });

  const dashboard = JSON.parse(textOf('deploy/grafana/dashboard.json'));
  const rules = yamlOf('deploy/prometheus/alerts.yaml')[0].groups.flatMap((group: any) => group.rules);
  const queries: [string, string][] = [
    ...dashboard.panels.flatMap(({ title, targets }: any) => targets.map(({ expr }: any) => [title, expr])),
    ...dashboard.templating.list.map(({ name, query }: any) => [name, query]),
    ...rules.map(({ alert, expr }: any) => [alert, expr]),
    ...objectsOf('ScaledObject').flatMap(({ spec }) =>
      spec.triggers.map(({ metadata }: any) => ['autoscaling', metadata.query]),
    ),
  ];
  const ofPrometheus = ['instance', 'job', 'pod'];

  it.each(queries)('%s asks for metrics and labels that the service has', (_title, query) => {
    const { uses, grouped } = namesIn(query);
    const known = new Set(uses.flatMap(({ metric }) => exported.get(metric) ?? []).concat(ofPrometheus));
    for (const { metric, labels } of uses) {
      expect([...exported.keys()]).toContain(metric);
      for (const label of labels) expect([...exported.get(metric)!, ...ofPrometheus]).toContain(label);
    }
    for (const label of grouped) expect([...known]).toContain(label);
  });

  it('are all in the table of the manual, and nothing else is', () => {
    const own = [...exported.keys()].map((name) => name.replace(/_(?:count|sum|bucket)$/, ''));
    const wanted = [...new Set(own.filter((name) => name.startsWith('data_sync_')))].sort();
    const written = [...manual.matchAll(/^\| `(data_sync_\w+)`/gm)].map(([, name]) => name!).sort();
    expect(written).toEqual(wanted);
  });

  it('have alerts that each say where the manual tells what to do', () => {
    const anchors = [...manual.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title!.toLowerCase().replaceAll(/\W+/g, '-'),
    );
    for (const { annotations } of rules) {
      const [file, anchor] = annotations.runbook.split('#');
      expect([file, anchors]).toEqual(['docs/operations.md', expect.arrayContaining([anchor])]);
    }
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  const itWithPromtool = hasPromtool ? it : it.skip;
  itWithPromtool('have alerts that fire when they should (promtool is in the Debian package prometheus)', () => {
    execFileSync('promtool', ['check', 'rules', path.join(deployFolder, 'prometheus', 'alerts.yaml')]);
    execFileSync('promtool', ['test', 'rules', path.join(deployFolder, 'prometheus', 'alerts_test.yaml')]);
  });

  itWithPromtool('are asked for in queries that Prometheus understands', () => {
    const filled = queries
      .filter(([, query]) => !query.startsWith('label_values') && query !== 'prometheus')
      .map(([, query]) => query.replaceAll('$__rate_interval', '5m').replaceAll('$sync', '.*'));
    const rulesOf = filled.map((expr, index) => ({ record: `query:${index}`, expr }));
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'data-sync-queries-'));
    const file = path.join(folder, 'queries.yaml');
    fs.writeFileSync(file, JSON.stringify({ groups: [{ name: 'queries', rules: rulesOf }] }));
    execFileSync('promtool', ['check', 'rules', file]);
    fs.rmSync(folder, { recursive: true });
  });
});

describe('settings', () => {
  const known = settingNames();

  it('of the compose file and of Kubernetes are read by the service', () => {
    const { environment } = yamlOf('deploy/compose.yaml')[0].services.service;
    const maps = objectsOf('ConfigMap').map(({ data }) => data);
    for (const name of Object.keys(Object.assign({}, environment, ...maps))) expect([...known]).toContain(name);
  });

  it('are all in the table of the manual, and nothing else is', () => {
    const written = [...manual.matchAll(/^\| `([A-Z][A-Z0-9_]+)`/gm)].map(([, name]) => name!).sort();
    expect(written).toEqual([...known].sort());
  });

  it('have the defaults that the manual says', () => {
    const rows = [...manual.matchAll(/^\| `([A-Z][A-Z0-9_]+)` \| `([^`]+)` \|/gm)];
    expect(rows.length).toBeGreaterThan(15);
    // The port of the metrics counts only with them, the time between fetches of keys only with an issuer.
    const some = { ENABLE_METRICS: 'true', AUTH0_DOMAIN: 'tenant.auth0.com', AUTH0_AUDIENCE: 'api' };
    for (const [, name, fallback] of rows) {
      const base: Record<string, string> = name === 'ENABLE_METRICS' ? {} : some;
      expect([name, readSettings({ ...base, [name!]: fallback })]).toEqual([name, readSettings(base)]);
    }
  });
});

describe('the image', () => {
  const [build, final] = stagesOf('deploy/Dockerfile') as [any[], any[]];
  const of = (stage: any[], name: string): string[] =>
    stage.filter((line) => line.name === name).map(({ args }) => args);

  it('is built from files that are there and that the build may see', () => {
    const allowed = textOf('deploy/Dockerfile.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => RegExp(`^${line.slice(1).replaceAll('.', '\\.').replaceAll('*', '.*')}$`));
    for (const source of of(build, 'COPY').flatMap((args) => args.split(' ').slice(0, -1))) {
      expect([source, fs.existsSync(path.join(projectFolder, source))]).toEqual([source, true]);
      expect([source, allowed.some((pattern) => pattern.test(source))]).toEqual([source, true]);
    }
  });

  it('has no compiler, and does not run as root', () => {
    expect(of(final, 'FROM')[0]).toContain('-slim');
    expect(of(final, 'RUN').join()).not.toMatch(/g\+\+|gcc|cmake|build-essential|-dev\b/);
    expect(of(final, 'USER')).toEqual(['1000:1000']);
  });

  it('has every library that the addon needs', () => {
    const [, list] = /install --no-install-recommends -y (.*?)&&/.exec(of(final, 'RUN').join())!;
    const packages = new Set(list!.trim().split(/\s+/));
    const addon = path.join(projectFolder, 'build', 'release', 'data_sync.node');
    const needed = execFileSync('readelf', ['-d', addon], { encoding: 'utf8' });
    // What Debian's slim images have anyway.
    const base = /^lib(?:c|m|stdc\+\+|gcc_s)\.so|^ld-linux/;
    const names = [...needed.matchAll(/NEEDED.*\[(.*)\]/g)].map(([, name]) => name!).filter((name) => !base.test(name));
    expect(names.length).toBeGreaterThan(5);
    for (const name of names) {
      const owners = execFileSync('dpkg', ['-S', `*/${name}`], { encoding: 'utf8' }).match(/^[^:]+/gm)!;
      expect([name, owners, owners.some((owner) => packages.has(owner))]).toEqual([name, owners, true]);
    }
  });
});

describe('what the image holds', () => {
  let folder: string;
  let child: ChildProcess | undefined;

  afterEach(async () => {
    if (child && child.exitCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('serves as a user who can write to its home alone, is well, and ends when it is told to', async () => {
    const final = stagesOf('deploy/Dockerfile')[1]!;
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'data-sync-image-'));
    const [app, home] = [path.join(folder, 'app'), path.join(folder, 'home')];
    fs.chmodSync(folder, 0o755);
    for (const { args } of final.filter(({ name }) => name === 'COPY')) {
      const [, source, target] = args.replace('--from=build ', '- ').split(' ') as [string, string, string];
      const place = target.endsWith('/') ? path.join(target, path.basename(source)) : target;
      fs.cpSync(path.join(projectFolder, source.replace('/src/', '')), path.join(app, place), { recursive: true });
    }
    fs.mkdirSync(home, { mode: 0o700 });
    const isRoot = process.getuid!() === 0;
    if (isRoot) fs.chownSync(home, 1000, 1000);
    const [port, metricsPort] = [await freePort(), await freePort()];
    const entry = JSON.parse(final.find(({ name }) => name === 'ENTRYPOINT')!.args) as string[];
    const env = {
      NODE_ENV: 'production',
      PORT: String(port),
      METRICS_PORT: String(metricsPort),
      ENABLE_METRICS: 'true',
      DATA_SYNC_HOME: home,
    };
    const user = isRoot ? { uid: 1000, gid: 1000 } : {};
    child = spawn(process.execPath, entry.slice(1), { cwd: app, env, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
    const output: string[] = [];
    for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (text) => output.push(String(text)));
    const probe = JSON.parse(/CMD (.*)$/.exec(final.find(({ name }) => name === 'HEALTHCHECK')!.args)![1]!) as string[];
    const probed = () => spawnSync(process.execPath, probe.slice(1), { env }).status;
    while (probed() !== 0) {
      if (child.exitCode !== null) throw new Error(`it ended: ${output.join('')}`);
    }
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    expect((await fetch(`http://127.0.0.1:${port}/docs`)).status).toBe(200);
    expect(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()).toContain('data_sync_store_up 1');
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(probed()).toBe(1);
  });
});

describe('Kubernetes', () => {
  const [deployment] = objectsOf('Deployment');
  const labels = deployment.spec.template.metadata.labels;
  const [container] = deployment.spec.template.spec.containers;

  it('is given every file by the kustomization', () => {
    const there = deployedFiles().filter((name) => name.startsWith('deploy/kubernetes/'));
    const listed = objectsOf('Kustomization')[0].resources.map((name: string) => `deploy/kubernetes/${name}`);
    expect([...listed, 'deploy/kubernetes/kustomization.yaml'].sort()).toEqual(there);
  });

  it('selects the pods of the service everywhere', () => {
    const selectors = [
      deployment.spec.selector.matchLabels,
      ...objectsOf('Service').map(({ spec }) => spec.selector),
      ...objectsOf('PodDisruptionBudget').map(({ spec }) => spec.selector.matchLabels),
      ...objectsOf('NetworkPolicy').map(({ spec }) => spec.podSelector.matchLabels),
    ];
    expect(selectors).toHaveLength(4);
    for (const selector of selectors) expect(labels).toMatchObject(selector);
    expect(objectsOf('ScaledObject')[0].spec.scaleTargetRef.name).toBe(deployment.metadata.name);
  });

  it('runs the service without rights that it does not need', () => {
    expect(deployment.spec.template.spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('probes paths that the service has, at ports that it listens on', async () => {
    const open = await OpenService.create();
    const ports = Object.fromEntries(container.ports.map(({ name, containerPort }: any) => [name, containerPort]));
    const { PORT } = Object.fromEntries(
      stagesOf('deploy/Dockerfile')[1]!
        .filter(({ name }) => name === 'ENV')
        .flatMap(({ args }) => args.split(' ').map((pair) => pair.split('='))),
    ) as { PORT: string };
    expect(ports).toEqual({ http: Number(PORT), metrics: 9090 });
    for (const name of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
      const { path: url, port } = container[name].httpGet;
      expect([port, (await open.get(url, { key: null })).status]).toEqual(['http', 200]);
    }
    await open.close();
  });
});
