import { LazySegmenter } from '../faster/segmenter.ts';

/** A character as perceived by a user (grapheme cluster). */
export const graphemes = new LazySegmenter(undefined, { granularity: 'grapheme' });
