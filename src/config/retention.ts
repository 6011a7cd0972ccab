import { ConfigError } from './errors.js';
import type { Config, SettingName } from './settings.js';

/** The settings that say for how long evidence is kept. */
export const retentionSettings = [
  'retentionSampleDays',
  'retentionMinuteDays',
  'retentionHourDays',
  'retentionReadingDays',
  'retentionEventDays',
] as const satisfies readonly SettingName[];

/** For how long what is kept, as the store takes it. */
export function retentionRulesOf(config: Config) {
  return {
    sampleDays: config.retentionSampleDays,
    minuteDays: config.retentionMinuteDays,
    hourDays: config.retentionHourDays,
    readingDays: config.retentionReadingDays,
    eventDays: config.retentionEventDays,
  };
}

const lasting = (days: number): number => (days === 0 ? Number.POSITIVE_INFINITY : days);

/** What is coarser is kept at least as long as what is finer: else there would be a time of which nothing is left. */
export function checkRetention(config: Config, origins: Readonly<Record<SettingName, string>>): void {
  const pairs = [
    ['retentionSampleDays', 'retentionMinuteDays'],
    ['retentionMinuteDays', 'retentionHourDays'],
  ] as const;
  for (const [finer, coarser] of pairs) {
    if (lasting(config[finer]) <= lasting(config[coarser])) continue;
    throw new ConfigError(
      'bad-setting',
      `${coarser} from ${origins[coarser]}: expected at least the ${config[finer]} days of ${finer} from ` +
        `${origins[finer]} (0 is for good), got ${config[coarser]}`,
    );
  }
}
