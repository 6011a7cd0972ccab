import { type Fault, type Labels, notKept, type Sensitive } from '../model/index.js';
import type { Limits } from './limits.js';
import { clip, faultOfText } from './text.js';

/** Why a label cannot be recorded; undefined when it can. */
export function faultOfLabel(name: string, value: string, limits: Limits): Fault | undefined {
  const field = `labels.${clip(name)}`;
  if (name === '') return { field: 'labels', message: 'expected label names of at least one character' };
  // As a property of a JavaScript object this name would set the prototype instead.
  if (name === '__proto__') return { field, message: 'expected another name: this one is reserved' };
  const ofName = faultOfText(name, limits.nameCharacters);
  if (ofName !== undefined) return { field, message: `the label's name: ${ofName}` };
  const ofValue = faultOfText(value, limits.labelValueCharacters);
  if (ofValue !== undefined) return { field, message: ofValue };
  const sensitivity = limits.sensitive.ofLabel(name, value)?.sensitivity;
  if (sensitivity === undefined) return undefined;
  return {
    field,
    message: `looks like ${sensitivity === 'credential' ? 'a credential' : sensitivity}, which no label may hold: leave it out`,
  };
}

/** Why labels cannot be recorded: too many of them, or the first bad one; undefined when they can. */
export function faultOfLabels(labels: Labels, limits: Limits): Fault | undefined {
  const entries = Object.entries(labels);
  if (entries.length > limits.labels) {
    return { field: 'labels', message: `expected at most ${limits.labels} labels, got ${entries.length}` };
  }
  for (const [name, value] of entries) {
    const fault = faultOfLabel(name, value, limits);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** Labels with the values that may not be kept hidden, for what must not be lost because of them. */
export function withoutSensitive(labels: Labels, sensitive: Sensitive): Labels {
  const shown = Object.entries(labels).map(([name, value]) => {
    const sensitivity = sensitive.ofLabel(name, value)?.sensitivity;
    return [name, sensitivity === undefined ? value : notKept(sensitivity)];
  });
  return Object.fromEntries(shown);
}

/** Labels without the empty ones: as in Prometheus, an empty label is an absent one. */
export function withoutEmpty(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
