/** The thread that parses large queries, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { GraphError } from './errors.js';
import { QueryParser } from './parse.js';
import type { ParseEnd, ParseThreadData } from './parse-job.js';
import { giveWay } from './worker-engine.js';

giveWay();

const { prefixes, endpoints }: ParseThreadData = workerData;
const parser = new QueryParser(prefixes, endpoints);

function endOf(text: string): ParseEnd {
  try {
    return { type: 'parsed', query: parser.parse(text) };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { type: 'refused', code: error.code, message: error.message };
  }
}

parentPort?.on('message', (text: string) => parentPort?.postMessage(endOf(text)));
