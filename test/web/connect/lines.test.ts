import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { CloudEventsDecoder, defaultLimits } from '../../../src/ingest/index.js';
import { instantOf } from '../../../src/model/index.js';
import {
  alertmanagerLines,
  cdEventLines,
  isLoopback,
  openTelemetryLines,
  prometheusLines,
  scrapeLines,
  tokenVariableLines,
} from '../../../src/web/connect/lines.js';

const place = { address: 'https://genchi.example:4600', asksForTokens: true };
const open = { address: 'http://127.0.0.1:4600', asksForTokens: false };
const secret = { address: 'https://genchi.example:4600', asksForTokens: false };
const run = promisify(execFile);

/** Has a tool check a file. */
async function checked(tool: string, arguments_: readonly string[], text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'genchi-lines-'));
  try {
    const file = join(folder, 'checked.yml');
    await writeFile(file, text);
    return (await run(tool, [...arguments_, file])).stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('the lines to paste', () => {
  it.skipIf(!existsSync('/usr/bin/promtool'))('are what Prometheus reads (needs promtool)', async () => {
    for (const text of [
      prometheusLines(open).text + scrapeLines(open).text,
      prometheusLines(place).text + scrapeLines(place).text,
      prometheusLines(secret).text + scrapeLines(secret).text,
      // The lines on the authority, taken in.
      prometheusLines(secret)
        .text.replaceAll(/# (tls_config| {2}ca_file)/g, '$1')
        .replace(/ca_file: .*/, 'insecure_skip_verify: true'),
    ]) {
      const own = text
        .replaceAll(/\n +credentials_file: .*/g, '\n      credentials: x')
        .replaceAll('    authorization:\n      credentials', '    authorization:\n      credentials');
      expect(await checked('promtool', ['check', 'config'], own)).toContain('SUCCESS');
    }
  });

  it.skipIf(!existsSync('/usr/bin/amtool'))('are what Alertmanager reads (needs amtool)', async () => {
    for (const where of [open, place, secret]) {
      const text = alertmanagerLines(where).text.replace('route:\n', 'route:\n  receiver: genchi\n');
      expect(await checked('amtool', ['check-config'], text)).toContain('SUCCESS');
    }
  });

  it('name the token where one is asked for, and none where not', () => {
    expect(parse(prometheusLines(place).text).remote_write[0].authorization).toEqual({
      credentials_file: '/etc/prometheus/genchi.token',
    });
    expect(parse(prometheusLines(open).text).remote_write[0]).toEqual({
      url: 'http://127.0.0.1:4600/api/v1/write',
    });
    expect(parse(openTelemetryLines(place).text).exporters.prometheusremotewrite.headers).toBeDefined();
    expect(parse(scrapeLines(place).text).scrape_configs[0]).toMatchObject({ scheme: 'https' });
    expect(cdEventLines(open).text).not.toContain('Authorization');
  });

  it('say how the token is made that the collector has in its environment', () => {
    expect(tokenVariableLines('otel-collector').text).toContain(
      'genchi token create otel-collector --scope ingest',
    );
  });

  it('tell an address that no other machine reaches', () => {
    const addresses = [
      'http://127.0.0.1:4600',
      'http://localhost',
      'http://[::1]:80',
      'https://genchi.example',
    ];
    expect(addresses.map(isLoopback)).toEqual([true, true, true, false]);
  });

  it('send a CDEvent that becomes a deployment', () => {
    const [, body = ''] = /<<EVENT\n([\s\S]*)EVENT/.exec(cdEventLines(open).text) ?? [];
    const text = body.replaceAll('$NOW', '2026-01-02T03:04:05Z').replaceAll('$ID', 'one');
    const decoder = new CloudEventsDecoder({
      intern: () => ({ refused: 'no' }) as never,
      limits: defaultLimits,
    });
    const { events, faults } = decoder.decode(
      { body: Buffer.from(text), headers: { 'content-type': 'application/cloudevents+json' } },
      instantOf(Date.parse('2026-01-02T03:05:00Z')),
    );
    expect(faults).toEqual([]);
    expect(events).toMatchObject([{ kind: 'deployment', service: 'checkout', version: '1.4.2' }]);
  });
});
