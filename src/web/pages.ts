/** Every page: where it is, how it is reached, and what loads it. */
import type { ComponentType } from 'preact';

/** The parts of a page's address that are not fixed, by name. */
export type PageParams = Readonly<Record<string, string | undefined>>;

/** A page, loaded when it is first shown. */
export interface Page {
  /** The pattern of its address. */
  readonly path: string;
  readonly load: () => Promise<ComponentType<PageParams>>;
  /** Whether its code is fetched while the browser idles, since readers are likely to go there next. */
  readonly isLikely?: true;
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
    isLikely: true,
    load: async () => (await import('./incident/incident-page.js')).IncidentPage,
  },
  {
    path: '/services/:name',
    isLikely: true,
    load: async () => (await import('./service/service-page.js')).ServicePage,
  },
  {
    path: '/slos',
    nav: { label: 'SLOs', key: 's' },
    load: async () => (await import('./slos/slos-page.js')).SlosPage,
  },
  {
    path: '/slos/:id',
    load: async () => (await import('./slos/slo-page.js')).SloPage,
  },
  {
    path: '/experiments',
    nav: { label: 'Experiments', key: 'x' },
    load: async () => (await import('./experiments/experiments-page.js')).ExperimentsPage,
  },
  {
    path: '/experiments/:id',
    load: async () => (await import('./experiments/experiment-page.js')).ExperimentPage,
  },
  {
    path: '/kaizen',
    nav: { label: 'Kaizen log', key: 'k' },
    load: async () => (await import('./kaizen/kaizen-page.js')).KaizenPage,
  },
  {
    path: '/runbooks',
    nav: { label: 'Runbooks', key: 'r' },
    load: async () => (await import('./runbooks/runbooks-page.js')).RunbooksPage,
  },
  {
    path: '/runbooks/:name',
    load: async () => (await import('./runbooks/runbook-page.js')).RunbookPage,
  },
  {
    path: '/reviews',
    nav: { label: 'Reviews', key: 'w' },
    load: async () => (await import('./reviews/reviews-page.js')).ReviewsPage,
  },
  {
    path: '/explore',
    nav: { label: 'Explore', key: 'e' },
    load: async () => (await import('./explore/explore-page.js')).ExplorePage,
  },
  {
    path: '/connect',
    nav: { label: 'Connect', key: 'c' },
    load: async () => (await import('./connect/connect-page.js')).ConnectPage,
  },
];
