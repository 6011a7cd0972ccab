/** Draws of a long table only the rows that can be seen. */
import { useEffect, useRef, useState } from 'preact/hooks';

/** Rows drawn beyond either edge of what is seen. */
const BEYOND = 12;
/** So few rows are all drawn: the browser finds text in them, and prints them. */
const ALL_DRAWN = 100;

/** Which rows to draw, and how much space stands for those before and after. */
export interface RowWindow {
  readonly first: number;
  readonly end: number;
  readonly beforePx: number;
  readonly afterPx: number;
}

/** The rows of a table body that lie in the window of the browser; all rows have the same height. */
export function windowOfRows(topPx: number, seenPx: number, rows: number, rowPx: number): RowWindow {
  if (rows <= ALL_DRAWN) return { first: 0, end: rows, beforePx: 0, afterPx: 0 };
  const first = Math.max(0, Math.min(rows, Math.floor(-topPx / rowPx) - BEYOND));
  const end = Math.max(first, Math.min(rows, Math.ceil((seenPx - topPx) / rowPx) + BEYOND));
  return { first, end, beforePx: first * rowPx, afterPx: (rows - end) * rowPx };
}

/** Follows scrolling; hand the reference to the element that the rows are in. */
export function useRowWindow(rows: number, rowPx: number) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [shown, setShown] = useState<RowWindow>(() => windowOfRows(0, window.innerHeight, rows, rowPx));
  useEffect(() => {
    let frame = 0;
    const look = (): void => {
      frame = 0;
      const top = body.current?.getBoundingClientRect().top ?? 0;
      const next = windowOfRows(top, window.innerHeight, rows, rowPx);
      setShown((before) =>
        before.first === next.first && before.end === next.end && before.afterPx === next.afterPx
          ? before
          : next,
      );
    };
    const later = (): void => {
      if (frame === 0) frame = requestAnimationFrame(look);
    };
    look();
    window.addEventListener('scroll', later, { passive: true });
    window.addEventListener('resize', later, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', later);
      window.removeEventListener('resize', later);
    };
  }, [rows, rowPx]);
  return { body, shown };
}
