/** The parts of a package URL that say what runs. https://github.com/package-url/purl-spec */
export interface PackageUrl {
  readonly name: string;
  /** For container images this is the digest. */
  readonly version: string | undefined;
  readonly qualifiers: ReadonlyMap<string, string>;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Reads `pkg:type/namespace/name@version?qualifiers#subpath`; undefined when the text is no package URL. */
export function parsePackageUrl(text: string): PackageUrl | undefined {
  const match = /^pkg:\/*[^/@?#]+\/([^@?#]+)(?:@([^?#]*))?(?:\?([^#]*))?(?:#.*)?$/i.exec(text);
  if (match === null) return undefined;
  const [, path = '', version, query = ''] = match;
  const name = path.replace(/\/+$/, '').split('/').at(-1) ?? '';
  return {
    name: decoded(name),
    version: version === undefined || version === '' ? undefined : decoded(version),
    qualifiers: new Map(new URLSearchParams(query)),
  };
}
