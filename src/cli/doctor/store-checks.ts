/** Looks at the store and the log of a data folder, beside a server that runs on it or without one. */
import { checkLastCheckpoint, lookIntoStore, type StoreLook } from '../../evidence/index.js';
import { formatInstant, type Instant, MINUTE_MS } from '../../model/index.js';
import { countText } from '../progress.js';
import { type Finding, saysOf, whyOf } from './finding.js';

/** What the checks of a store share. */
export interface StoreFound {
  readonly look: StoreLook;
  readonly findings: readonly Finding[];
}

function schemaFinding(look: StoreLook): Finding {
  const says = saysOf('schema');
  switch (look.state) {
    case 'none':
      return says.skipped('there is no store yet; a first start makes it');
    case 'in-use':
    case 'failed':
      return says.skipped('the store was not looked into');
    case 'readable': {
      const { schema, known } = look;
      if (schema === known) return says.good(`version ${schema}`);
      if (schema >= 1 && schema < known) {
        return says.warning(
          `version ${schema}, which the next start brings to ${known}; an older Genchi cannot open it any more then`,
          'before that copy the stopped folder, or make a backup with the version that wrote it',
        );
      }
      return says.bad(`version ${schema}, and this Genchi knows up to ${known}`, 'use a newer Genchi');
    }
  }
}

function storeFinding(look: StoreLook): Finding {
  const says = saysOf('store');
  switch (look.state) {
    case 'none':
      return says.skipped('there is none yet; a first start makes it');
    case 'in-use':
      return says.good(
        `in use${look.by === undefined ? '' : ` by process ${look.by}`}, as it is while a server runs`,
      );
    case 'failed':
      return says.bad(look.why, 'restore the latest backup, or: genchi recover DIR --into NEW');
    case 'readable':
      return says.good(`opens; ${countText(look.batches)} commits, receipts below ${look.baseIri}`);
  }
}

/** Whether the clock goes on from the last commit. */
function clockFinding(look: StoreLook, at: Instant): Finding {
  const says = saysOf('clock');
  const last = look.state === 'readable' ? look.committedAt : undefined;
  if (last === undefined || last <= at + MINUTE_MS) return says.good(formatInstant(at));
  return says.bad(
    `it is ${formatInstant(at)}, and the last commit was at ${formatInstant(last)}`,
    'set the clock, and keep it by NTP: receipts are found by their times',
  );
}

/** Opens the store read-only, and looks at its schema and at the clock. */
export async function checkStore(data: string, at: Instant): Promise<StoreFound> {
  const look = await lookIntoStore(data);
  return { look, findings: [storeFinding(look), schemaFinding(look), clockFinding(look, at)] };
}

/** Whether the last checkpoint is what the log on disk comes to. */
export async function checkLog(data: string): Promise<Finding> {
  const says = saysOf('log');
  const mend = 'genchi verify --data DIR names what differs; then restore the latest backup';
  try {
    const last = await checkLastCheckpoint(data);
    switch (last.state) {
      case 'none':
        return says.skipped('nothing was signed yet');
      case 'good':
        return says.good(`the last checkpoint, of ${countText(last.size)} commits, is what is on disk`);
      case 'signed':
        return says.good(
          `the signature of the last checkpoint holds; its ${countText(last.size)} commits were not hashed again`,
        );
      case 'bad':
        return says.bad(last.why, mend);
    }
  } catch (error) {
    return says.bad(whyOf(error), mend);
  }
}
