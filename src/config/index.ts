export { type Config, flagOf, type SettingName, settingNames, settings, variableOf } from './settings.js';
