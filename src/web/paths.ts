/** Addresses of pages and of documents. */

/** The address of the page of a service. */
export const servicePath = (name: string): string => `/services/${encodeURIComponent(name)}`;

/** The address of the page of an incident. */
export const incidentPath = (id: string): string => `/incidents/${encodeURIComponent(id)}`;

/** The address of the page of an objective. */
export const sloPath = (name: string): string => `/slos/${encodeURIComponent(name)}`;

/** The address of the page of a runbook. */
export const runbookPath = (name: string): string => `/runbooks/${encodeURIComponent(name)}`;

/** The address of the page of an experiment. */
export const experimentPath = (name: string): string => `/experiments/${encodeURIComponent(name)}`;

/** A name of an address, as it was before it was encoded. */
export function nameIn(segment: string | undefined): string {
  try {
    return decodeURIComponent(segment ?? '');
  } catch {
    // A percent sign that encodes nothing stands for itself.
    return segment ?? '';
  }
}

/** The address of the editor with a query in it. */
export const explorePath = (query: string): string => `/explore?query=${encodeURIComponent(query)}`;

/** The document of something below `/id/`, on the server that the reader talks to whatever its IRI says. */
export const documentPath = (iri: string): string => {
  const place = iri.indexOf('/id/');
  return place === -1 ? iri : iri.slice(place);
};
