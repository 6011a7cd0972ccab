/** Every page: where it is, how it is reached, and what loads it. */
import type { ComponentType } from 'preact';

/** The parts of a page's address that are not fixed, by name. */
export type PageParams = Readonly<Record<string, string | undefined>>;

/** A page, loaded when it is first shown. */
export interface Page {
  /** The pattern of its address. */
  readonly path: string;
  readonly load: () => Promise<ComponentType<PageParams>>;
  /** How it stands in the navigation, and the key that leads there after `g`; pages without it are reached by links. */
  readonly nav?: { readonly label: string; readonly key: string };
}

/** All pages, in the order of the navigation. */
export const pages: readonly Page[] = [
  {
    path: '/',
    nav: { label: 'Overview', key: 'o' },
    load: async () => (await import('./overview/overview-page.js')).OverviewPage,
  },
  {
    path: '/incidents',
    nav: { label: 'Incidents', key: 'i' },
    load: async () => (await import('./incidents/incidents-page.js')).IncidentsPage,
  },
  {
    path: '/incidents/:id',
    load: async () => (await import('./incident/incident-page.js')).IncidentPage,
  },
  {
    path: '/services/:name',
    load: async () => (await import('./service/service-page.js')).ServicePage,
  },
];
