// Prints how the tests went in one line, and fails when none ran or any was skipped.
import { readFileSync } from 'node:fs';

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const skipped = report.numPendingTests + (report.numTodoTests ?? 0);
console.log(`${report.numPassedTests} passed, ${report.numFailedTests} failed, ${skipped} skipped`);
if (report.numPassedTests === 0 || report.numFailedTests > 0 || skipped > 0) {
  console.error('Every test must run and pass here.');
  process.exit(1);
}
