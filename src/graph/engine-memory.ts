/** Gives the memory of an Oxigraph store back at once; the binding has `free`, though its types do not say so. */
export function free(store: object): void {
  if ('free' in store && typeof store.free === 'function') store.free();
}
