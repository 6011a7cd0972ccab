import { encodeSegment, formatInstant, parseInstant } from '../model/index.js';
import { GraphError } from './errors.js';
import type { Pack, PackParameter } from './graph.js';
import { replaceVariables } from './guard.js';
import { doubleText, escapeLiteral } from './ntriples.js';

/** A name below a supplied prefix, with the marks that a local name may not have as they are escaped. */
function prefixed(prefix: string, name: string): string {
  return `${prefix}:${encodeSegment(name).replace(/[-._~]/g, '\\$&')}`;
}

/** The RDF term that a value of a parameter stands for; fails with `query-malformed` on a value of another type. */
export function termOf({ name, type }: PackParameter, value: string): string {
  const refuse = (expected: string) =>
    new GraphError('query-malformed', `Parameter ${name} is ${JSON.stringify(value)}: expected ${expected}.`);
  switch (type) {
    case 'text':
      return `"${escapeLiteral(value)}"`;
    case 'service':
    case 'incident':
      if (value === '') throw refuse(`the name of a ${type}`);
      return prefixed(type, value);
    case 'number':
      if (value.trim() === '' || Number.isNaN(Number(value))) throw refuse('a number');
      return `"${doubleText(Number(value))}"^^xsd:double`;
    case 'integer':
      if (!/^[+-]?\d{1,18}$/.test(value)) throw refuse('a whole number');
      return `"${value}"^^xsd:integer`;
    case 'instant': {
      const at = parseInstant(value);
      if (at === undefined) throw refuse('a time such as 2026-01-02T03:04:05Z');
      return `"${formatInstant(at)}"^^xsd:dateTime`;
    }
  }
}

/**
 * The query of a pack with its parameters filled in: each `$name` becomes an RDF term made from its value, so that
 * no value can change what is asked. Fails with `query-malformed` on a value that is missing, unknown or of another type.
 */
export function bindPack(pack: Pack, values: Readonly<Record<string, string>>): string {
  const unknown = Object.keys(values).find((name) => !pack.parameters.some((one) => one.name === name));
  if (unknown !== undefined) {
    const known = pack.parameters.map(({ name }) => name).join(', ') || 'none';
    throw new GraphError('query-malformed', `${pack.name} has no parameter ${unknown}; it has: ${known}.`);
  }
  const terms = new Map(
    pack.parameters.map((parameter) => {
      const given = Object.hasOwn(values, parameter.name) ? values[parameter.name] : undefined;
      const value = given ?? parameter.default;
      if (value !== undefined) return [parameter.name, termOf(parameter, value)];
      throw new GraphError(
        'query-malformed',
        `${pack.name} needs the parameter ${parameter.name}, for example ${parameter.example}.`,
      );
    }),
  );
  return replaceVariables(pack.text, terms);
}
