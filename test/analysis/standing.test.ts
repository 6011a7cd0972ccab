import { describe, expect, it } from 'vitest';
import { type Standing, StandingBoard } from '../../src/analysis/index.js';
import { instantOf } from '../../src/model/index.js';

const standing = (at: number): Standing => ({
  ...{ at: instantOf(at), scopes: [], slos: [], trends: [], recommendations: [] },
});

describe('StandingBoard', () => {
  it('has nothing to show before the first evaluation', () => {
    expect(new StandingBoard().current()).toBeUndefined();
  });

  it('shows the latest standing and tells listeners of it with the one before, until they leave', () => {
    const board = new StandingBoard();
    const heard: (readonly [number, number | undefined])[] = [];
    const leave = board.subscribe((now, before) => heard.push([now.at, before?.at]));
    board.post(standing(1));
    board.post(standing(2));
    leave();
    board.post(standing(3));
    expect(heard).toEqual([
      [1, undefined],
      [2, 1],
    ]);
    expect(board.current()).toEqual(standing(3));
  });
});
