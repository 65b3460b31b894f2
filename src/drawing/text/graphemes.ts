import { LazySegmenter } from '../faster/segmenter.ts';

/** What a person takes for one character. */
export const graphemes = new LazySegmenter(undefined, { granularity: 'grapheme' });
