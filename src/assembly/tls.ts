/** Opens what a server is asked by TLS with. */
import { type Certificate, readCertificate } from '../access/index.js';
import type { Config } from '../config/index.js';
import { CertificateKeeper, type Listener } from '../serve/index.js';
import type { Ground } from './ground.js';

const filesOf = ({ tlsCert: cert, tlsKey: key, tlsClientCa }: Config) => ({
  ...{ cert, key, clientCa: tlsClientCa === '' ? undefined : tlsClientCa },
});

/** The certificate that the settings name; undefined without one. Fails with `bad-setting`. */
export async function certificateOf(config: Config): Promise<Certificate | undefined> {
  return config.tlsCert === '' ? undefined : await readCertificate(filesOf(config));
}

/** Keeps the certificate of a listener as its files are; answers how to have them read now. */
export function keepCertificate(
  { config, clock, logger, metrics, shutdown }: Ground,
  listener: Listener,
  first: Certificate | undefined,
): () => Promise<void> {
  if (first === undefined) return async () => undefined;
  const keeper = new CertificateKeeper(
    { files: filesOf(config), clock, logger, onRenewed: ({ options }) => listener.renew(options) },
    first,
  );
  shutdown.add('certificate', () => keeper.close());
  metrics.access.attachCertificate(() => keeper.expiresAt);
  return () => keeper.renew();
}
