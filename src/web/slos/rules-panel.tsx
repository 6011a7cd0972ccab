/** The burn rules of all objectives as files for Prometheus. */
import { useQuery } from '../data/query.js';
import { CopyBlock } from '../forms/copy-block.js';
import { SloRuleFilesDocument } from '../generated/graphql.js';
import { Answered } from '../states/states.js';

const addressOf = (text: string): string => `data:text/yaml;charset=utf-8,${encodeURIComponent(text)}`;

/** The panel. */
export function RulesPanel() {
  const query = useQuery(SloRuleFilesDocument, {});
  return (
    <section class="section" aria-label="Rules for Prometheus">
      <Answered query={query} what="the rules">
        {({ sloRules: { rules, tests } }) => (
          <>
            <p class="soft">
              They fire in Prometheus as they do here. Check them with{' '}
              <code>promtool check rules slo-rules.yml</code>, and try them with{' '}
              <code>promtool test rules slo-tests.yml</code>.{' '}
              <a href={addressOf(rules)} download="slo-rules.yml">
                slo-rules.yml
              </a>{' '}
              ·{' '}
              <a href={addressOf(tests)} download="slo-tests.yml">
                slo-tests.yml
              </a>
            </p>
            <CopyBlock text={rules} label="slo-rules.yml" />
          </>
        )}
      </Answered>
    </section>
  );
}
