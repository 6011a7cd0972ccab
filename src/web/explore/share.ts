/** Queries in addresses: as they stand while they are short, compressed when they are long. */

/** Longer queries are compressed: chats and proxies cut long addresses. */
const LONGEST_PLAIN = 1_200;

async function through(
  bytes: Uint8Array,
  stream: CompressionStream | DecompressionStream,
): Promise<Uint8Array> {
  const body = new Blob([new Uint8Array(bytes)]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

function toBase64Url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function fromBase64Url(text: string): Uint8Array {
  const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
}

/** The parameters that hold a query: `query` as it stands, or `packed`: deflated (RFC 1951), then base64url. */
export async function sharedParameters(query: string): Promise<Readonly<Record<string, string>>> {
  if (query.length <= LONGEST_PLAIN) return { query };
  const packed = await through(new TextEncoder().encode(query), new CompressionStream('deflate-raw'));
  return { packed: toBase64Url(packed) };
}

/** The query of an address; undefined when it has none, or one that was cut off. */
export async function sharedQuery(search: URLSearchParams): Promise<string | undefined> {
  const plain = search.get('query');
  if (plain !== null) return plain;
  const packed = search.get('packed');
  if (packed === null) return undefined;
  try {
    const bytes = await through(fromBase64Url(packed), new DecompressionStream('deflate-raw'));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Cut off on its way here: there is nothing that could be run.
    return undefined;
  }
}
