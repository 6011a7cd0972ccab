/** The title of the window. */
import { useEffect } from 'preact/hooks';

/** Gives the window a title while a page is shown. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · Genchi`;
  }, [title]);
}
