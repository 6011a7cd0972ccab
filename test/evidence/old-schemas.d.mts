export const SCHEMA_STEPS: Readonly<Record<number, string>>;
export function schemaOf(version: number): string;
