import type { EncodedRequest } from './decoded.js';

/** A media type: `type/subtype` and its parameters, all names in lower case. */
export interface MediaType {
  readonly essence: string;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The one value of a header; of several, the first. */
export function headerOf(request: EncodedRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'object' ? value[0] : value;
}

/** Reads a Content-Type header; its essence is empty when the header is absent. */
export function mediaTypeOf(request: EncodedRequest): MediaType {
  const [essence = '', ...rest] = (headerOf(request, 'content-type') ?? '').split(';');
  const parameters = new Map<string, string>();
  for (const parameter of rest) {
    const [name = '', value = ''] = parameter.split('=');
    parameters.set(name.trim().toLowerCase(), value.trim().replace(/^"(.*)"$/, '$1'));
  }
  return { essence: essence.trim().toLowerCase(), parameters };
}
