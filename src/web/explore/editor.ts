/**
 * The editor of queries: CodeMirror in a shadow root of its own, where it brings its styles as adopted style sheets,
 * which a policy without inline styles allows.
 */
import {
  autocompletion,
  type CompletionContext,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
  placeholder,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { sparql } from 'codemirror-lang-sparql';
import { suggestionsAt } from './completion.js';
import type { QueryFault } from './fault-place.js';
import type { Vocabulary } from './vocabulary.js';

/** What an editor tells of and asks for. */
export interface EditorParts {
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  /** What is completed, as far as it is known by now. */
  readonly vocabulary: () => Vocabulary;
}

/** An editor in a page. */
export interface Editor {
  readonly text: () => string;
  readonly replace: (text: string) => void;
  readonly mark: (fault: QueryFault | undefined) => void;
  readonly focus: () => void;
  readonly destroy: () => void;
}

const theme = EditorView.theme({
  '&': {
    color: 'var(--ink)',
    backgroundColor: 'var(--surface)',
    fontSize: '13px',
    minHeight: '180px',
  },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-1px', borderRadius: '5px' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--ink)', padding: '8px 0' },
  '.cm-cursor': { borderLeftColor: 'var(--ink)', borderLeftWidth: '2px' },
  '&.cm-focused .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 24%, transparent) !important',
  },
  '.cm-gutters': {
    backgroundColor: 'var(--sunken)',
    color: 'var(--soft)',
    border: 'none',
    borderRight: '1px solid var(--line)',
  },
  '.cm-activeLine, .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--accent-wash) 45%, transparent)',
  },
  '.cm-matchingBracket': {
    backgroundColor: 'var(--accent-wash) !important',
    outline: '1px solid var(--accent)',
  },
  '.cm-placeholder': { color: 'var(--soft)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
    border: '1px solid var(--edge)',
    borderRadius: '6px',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16em' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': {
    backgroundColor: 'var(--accent)',
    color: 'var(--accent-ink)',
  },
  '.cm-completionInfo': { fontFamily: 'var(--sans)', padding: '6px 10px', maxWidth: '320px' },
  '.cm-completionDetail': { fontStyle: 'normal', color: 'inherit', opacity: '0.85' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--bad)',
    textDecorationSkipInk: 'none',
    textUnderlineOffset: '3px',
  },
  '.cm-diagnostic-error': { borderLeft: '4px solid var(--bad)', padding: '6px 10px' },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: 'var(--accent)', fontWeight: '600' },
  { tag: [tags.variableName, tags.special(tags.variableName)], color: 'var(--series-4)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--good)' },
  { tag: [tags.number, tags.bool, tags.literal], color: 'var(--degraded)' },
  { tag: [tags.comment, tags.lineComment], color: 'var(--soft)', fontStyle: 'italic' },
  { tag: [tags.namespace, tags.typeName, tags.url, tags.propertyName], color: 'var(--series-6)' },
  { tag: [tags.function(tags.variableName), tags.operatorKeyword], color: 'var(--accent)' },
]);

function complete(context: CompletionContext, vocabulary: Vocabulary) {
  const text = context.state.doc.toString();
  const found = suggestionsAt(text, context.pos, vocabulary);
  if (found === undefined || (found.from === context.pos && !context.explicit)) return null;
  return { from: found.from, options: [...found.options], validFor: /^[?$]?[\w:\\%.-]*$/ };
}

function extensionsOf({ onChange, onRun, vocabulary }: EditorParts) {
  const run = (): boolean => {
    onRun();
    return true;
  };
  const runs = [
    { key: 'Mod-Enter', run },
    { key: 'Shift-Enter', run },
  ];
  return [
    keymap.of([...runs, { key: 'Mod-Space', run: startCompletion }]),
    ...[
      lineNumbers(),
      lintGutter(),
      history(),
      drawSelection(),
      indentOnInput(),
      bracketMatching(),
      closeBrackets(),
    ],
    ...[highlightActiveLine(), EditorView.lineWrapping, EditorState.tabSize.of(2), sparql()],
    autocompletion({ override: [(context) => complete(context, vocabulary())], icons: false }),
    keymap.of([
      ...completionKeymap,
      ...closeBracketsKeymap,
      ...defaultKeymap,
      ...historyKeymap,
      indentWithTab,
    ]),
    placeholder('SELECT … — Ctrl+Enter runs it, Ctrl+Space completes'),
    EditorView.contentAttributes.of({
      'aria-label': 'SPARQL query',
      spellcheck: 'false',
      autocapitalize: 'off',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) onChange(update.state.doc.toString());
    }),
    ...[theme, syntaxHighlighting(colours)],
  ];
}

function diagnosticOf(state: EditorState, { from, to, message }: QueryFault): Diagnostic {
  const end = state.doc.length;
  return { from: Math.min(from, end), to: Math.min(Math.max(to, from), end), severity: 'error', message };
}

/** Opens an editor in an element. */
export function openEditor(host: HTMLElement, parts: EditorParts): Editor {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const state = EditorState.create({ doc: parts.text, extensions: extensionsOf(parts) });
  const view = new EditorView({ state, parent: root, root });
  // Keys that mean something to the page must not reach it from here: a slash is typed, and finds nothing.
  host.addEventListener('keydown', stopKey);
  return {
    text: () => view.state.doc.toString(),
    replace: (text) => {
      if (text === view.state.doc.toString()) return;
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        selection: { anchor: text.length },
      });
    },
    mark: (fault) => {
      const diagnostics = fault === undefined ? [] : [diagnosticOf(view.state, fault)];
      view.dispatch(setDiagnostics(view.state, diagnostics));
      const [first] = diagnostics;
      if (first !== undefined) view.dispatch({ selection: { anchor: first.from }, scrollIntoView: true });
    },
    focus: () => view.focus(),
    destroy: () => {
      host.removeEventListener('keydown', stopKey);
      view.destroy();
    },
  };
}

function stopKey(event: KeyboardEvent): void {
  event.stopPropagation();
}
