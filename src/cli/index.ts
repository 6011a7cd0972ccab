export { EXIT } from './exit.js';
export type { Outside, StopSignal, TextOut } from './outside.js';
export { buildProgram, runCli } from './program.js';
export type { RunningApp, StartApp } from './start.js';
