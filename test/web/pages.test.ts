import { afterAll, beforeAll, describe } from 'vitest';
import { accessSuite } from './access-suite.js';
import { connectSuite } from './connect-suite.js';
import { experimentSuite } from './experiment-suite.js';
import { exploreSuite } from './explore-suite.js';
import { incidentSuite } from './incident-suite.js';
import { kaizenSuite, objectivesSuite } from './kaizen-suite.js';
import { looksSuite } from './looks-suite.js';
import { overviewSuite } from './overview-suite.js';
import { scaleSuite } from './scale-suite.js';
import { shellSuite } from './shell-suite.js';
import { hasBrowser, openSite, type Site } from './site.js';

let opened: Site;
const site = (): Site => opened;

// One server and one browser serve all of it; what acts on the incident, and what adds hundreds of services, comes last.
describe.skipIf(!hasBrowser)('the pages, in a browser (needs chromium)', { timeout: 90_000 }, () => {
  beforeAll(async () => {
    opened = await openSite();
  }, 120_000);
  afterAll(() => opened?.close());

  describe('the frame of all pages', () => shellSuite(site));
  describe('the overview and services', () => overviewSuite(site));
  describe('how pages look', () => looksSuite(site));
  describe('the editor of queries', () => exploreSuite(site));
  describe('objectives', () => objectivesSuite(site));
  describe('improvements, runbooks and reviews', () => kaizenSuite(site));
  describe('experiments', () => experimentSuite(site));
  describe('how senders are connected', () => connectSuite(site));
  describe('who may do what', () => accessSuite(site));
  describe('an incident', () => incidentSuite(site));
  describe('many services, and none', () => scaleSuite(site));
});
