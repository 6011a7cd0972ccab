/** Looks at the files of TLS that the settings name. */
import { readCertificate } from '../../access/index.js';
import type { Config } from '../../config/index.js';
import { DAY_MS, formatInstant, type Instant } from '../../model/index.js';
import { readAuthorities } from '../../outgoing/index.js';
import { type Finding, saysOf, whyOf } from './finding.js';

/** A certificate that ends within so long should have been renewed. */
const SOON_MS = 14 * DAY_MS;

/** Whether certificate and key are a pair that holds. */
export async function checkCertificate(
  { tlsCert: cert, tlsKey: key, tlsClientCa }: Config,
  at: Instant,
): Promise<Finding> {
  const says = saysOf('certificate');
  if (cert === '') return says.skipped('this server is not asked by TLS (setting tlsCert)');
  try {
    const clientCa = tlsClientCa === '' ? undefined : tlsClientCa;
    const { subject, expiresAt } = await readCertificate({ cert, key, clientCa });
    const found = `${subject.replace(/\n/g, ', ')}, until ${formatInstant(expiresAt)}`;
    if (expiresAt <= at)
      return says.bad(`${found}: it has ended`, `renew ${cert}; a running server reads it again`);
    if (expiresAt - at < SOON_MS)
      return says.warning(found, `renew ${cert}; a running server reads it again`);
    return says.good(found);
  } catch (error) {
    return says.bad(whyOf(error), 'name a certificate and its key as PEM (settings tlsCert and tlsKey)');
  }
}

/** Whether the file of authorities holds some. */
export function checkAuthorities({ caFile }: Config): Finding {
  const says = saysOf('authorities');
  if (caFile === '') return says.skipped('those of Node alone (setting caFile)');
  try {
    readAuthorities(caFile);
    return says.good(caFile);
  } catch (error) {
    return says.bad(whyOf(error), 'name a file of certificates as PEM (setting caFile)');
  }
}
