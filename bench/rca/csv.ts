import { readFile } from 'node:fs/promises';

/** The cells of a CSV file without quotes in it, row by row; no rows when the file is missing. */
export async function readCsv(file: string): Promise<readonly (readonly string[])[]> {
  const text = await readTextIfThere(file);
  return text === undefined
    ? []
    : text
        .split(/\r?\n/)
        .filter((line) => line !== '')
        .map((line) => line.split(','));
}

/** A file's text; undefined when there is no such file. */
export async function readTextIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** The number in a cell; NaN in an empty one. */
export function numberIn(cell: string | undefined): number {
  return cell === undefined || cell.trim() === '' ? Number.NaN : Number(cell);
}
