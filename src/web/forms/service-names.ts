/** The names of the services that are known, to be proposed where one is asked for. */
import { useQuery } from '../data/query.js';
import { ServiceNamesDocument } from '../generated/graphql.js';

/** Names in their order; none until they are known. */
export function useServiceNames(): readonly string[] {
  const { data } = useQuery(ServiceNamesDocument, {});
  return data?.services.map(({ name }) => name) ?? [];
}
