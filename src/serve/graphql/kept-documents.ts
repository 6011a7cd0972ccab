/** Queries that were read before: clients ask the same few again and again, and reading them costs more than many answers. */
import { type DocumentNode, specifiedRules, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** So many are kept, the latest used, of at most so many characters: some 16 MB at the worst, whoever sends them. */
const MOST_KEPT = 64;
const MOST_CHARACTERS = 4_096;

const ofTheLanguage = new Set(specifiedRules);

const isDocument = (result: unknown): result is DocumentNode =>
  typeof result === 'object' && result !== null && 'kind' in result && result.kind === 'Document';

/**
 * Reads a query once, and holds it against the rules of the language once. Rules of this server, which look at the
 * variables, are asked each time.
 */
export function keepDocuments(): Plugin {
  /** In the order of their last use. */
  const kept = new Map<string, DocumentNode>();
  const valid = new WeakSet<DocumentNode>();
  return {
    onParse: ({ params: { source }, setParsedDocument }) => {
      const text = typeof source === 'string' ? source : source.body;
      if (text.length > MOST_CHARACTERS) return;
      const known = kept.get(text);
      if (known !== undefined) {
        kept.delete(text);
        kept.set(text, known);
        setParsedDocument(known);
        return;
      }
      return ({ result }) => {
        if (!isDocument(result)) return;
        kept.set(text, result);
        const [oldest] = kept.keys();
        if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest);
      };
    },
    onValidate: ({ params: { documentAST }, setValidationFn }) => {
      if (valid.has(documentAST)) {
        setValidationFn((schema: Parameters<typeof validate>[0], document: DocumentNode, rules = []) =>
          validate(
            schema,
            document,
            rules.filter((rule: (typeof specifiedRules)[number]) => !ofTheLanguage.has(rule)),
          ),
        );
      }
      return ({ valid: isValid }) => {
        if (isValid) valid.add(documentAST);
      };
    },
  };
}
