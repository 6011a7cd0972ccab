/** The editor in its place of the page. */

import type { Ref } from 'preact';
import { useEffect, useImperativeHandle, useRef } from 'preact/hooks';
import { type Editor, openEditor } from './editor.js';
import type { Vocabulary } from './vocabulary.js';

/** The editor, and what it works with. */
export function QueryEditor({
  text,
  onChange,
  onRun,
  vocabulary,
  handle,
}: {
  /** What it begins with; later texts go in by the handle. */
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly vocabulary: Vocabulary;
  readonly handle: Ref<Editor>;
}) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor>();
  const latest = useRef({ onChange, onRun, vocabulary });
  latest.current = { onChange, onRun, vocabulary };
  useEffect(() => {
    if (host.current === null) return undefined;
    const opened = openEditor(host.current, {
      text,
      onChange: (changed) => latest.current.onChange(changed),
      onRun: () => latest.current.onRun(),
      vocabulary: () => latest.current.vocabulary,
    });
    editor.current = opened;
    return () => opened.destroy();
    // It begins once; what it works with is always the latest.
  }, []);
  useImperativeHandle(
    handle,
    (): Editor => ({
      text: () => editor.current?.text() ?? text,
      replace: (changed) => editor.current?.replace(changed),
      mark: (fault) => editor.current?.mark(fault),
      focus: () => editor.current?.focus(),
      destroy: () => editor.current?.destroy(),
    }),
    [text],
  );
  return <div class="query-editor" ref={host} />;
}
