import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isLeftOut, PACKAGING, runLinter } from './linters.js';

const UNIT = `${PACKAGING}/systemd/genchi.service`;
/** Exposure as systemd counts it, tenths of 0 (none) to 10; services that nobody hardened have 9 and more. */
const MOST_EXPOSURE_TENTHS = 15;

describe('the systemd unit', () => {
  it.skipIf(isLeftOut('systemd-analyze'))('is one that systemd takes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'genchi-unit-'));
    try {
      // The program is not where it would be installed; that is all that may be amiss.
      const text = readFileSync(UNIT, 'utf8').replaceAll('/usr/bin/node', process.execPath);
      const file = join(folder, 'genchi.service');
      writeFileSync(file, text);
      const { status, said } = runLinter('systemd-analyze', ['verify', '--man=no', file]);
      expect(said.split('\n').filter((line) => line.includes('genchi'))).toEqual([]);
      expect(status).toBe(0);
      writeFileSync(file, text.replace('ProtectSystem=strict', 'ProtectSystem=stricter'));
      expect(runLinter('systemd-analyze', ['verify', '--man=no', file]).said).toMatch(/stricter/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.skipIf(isLeftOut('systemd-analyze'))('exposes little, as systemd judges it', () => {
    const argv = ['security', '--offline=true', `--threshold=${MOST_EXPOSURE_TENTHS}`, UNIT];
    const { status, said } = runLinter('systemd-analyze', argv);
    expect(status, said.split('\n').slice(-2).join('')).toBe(0);
  });

  it('waits longer for the end than a stop takes', () => {
    const seconds = Number(/^TimeoutStopSec=(\d+)$/m.exec(readFileSync(UNIT, 'utf8'))?.[1]);
    expect(seconds).toBeGreaterThan(15);
  });
});
