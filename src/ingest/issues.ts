import type { z } from 'zod';
import type { Fault } from '../model/index.js';
import { clip } from './text.js';

/** What zod found wrong, as faults of an item: one for each field, and one for each unknown field. */
export function faultsOfIssues(
  issues: readonly z.core.$ZodIssue[],
  item: number | undefined,
  aboutUnknown = 'unknown field',
): readonly Fault[] {
  return issues.flatMap((issue): readonly Fault[] => {
    const path = issue.path.map((part) => clip(String(part)));
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => fault(item, [...path, clip(key)], aboutUnknown));
    }
    return [fault(item, path, issue.message)];
  });
}

function fault(item: number | undefined, path: readonly string[], message: string): Fault {
  return {
    ...(item === undefined ? {} : { item }),
    ...(path.length === 0 ? {} : { field: path.join('.') }),
    message,
  };
}
