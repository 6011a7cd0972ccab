import type { BenchSet } from './case.js';
import { nezha } from './nezha.js';
import { petshop } from './petshop.js';
import { rcdSockshop } from './rcd.js';
import { rootcausebench } from './rootcausebench.js';
import { tvdiag } from './tvdiag.js';

/** All sets that the benchmark knows, in the order of the table. */
export const sets: readonly BenchSet[] = [petshop, rcdSockshop, rootcausebench, nezha, tvdiag];
