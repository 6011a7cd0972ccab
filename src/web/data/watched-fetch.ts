/** A fetch for streams that are never silent: one that is has lost its server without being told. */

/** The server sends a comment every 12 seconds. */
const SILENT_MS = 30_000;

function watched(body: ReadableStream<Uint8Array>, cut: () => void): ReadableStream<Uint8Array> {
  let timer = setTimeout(cut, SILENT_MS);
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform: (bytes, controller) => {
        clearTimeout(timer);
        timer = setTimeout(cut, SILENT_MS);
        controller.enqueue(bytes);
      },
      flush: () => clearTimeout(timer),
    }),
  );
}

/** Fetches as the browser does, and cuts a stream that says nothing for too long, which then fails for its reader. */
export async function watchedFetch(url: string, init: RequestInit): Promise<Response> {
  const silence = new AbortController();
  const signal = init.signal == null ? silence.signal : AbortSignal.any([init.signal, silence.signal]);
  const response = await fetch(url, { ...init, signal });
  if (response.body === null) return response;
  const { status, statusText, headers } = response;
  const body = watched(response.body, () => silence.abort());
  return new Response(body, { status, statusText, headers });
}
