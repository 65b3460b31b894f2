/*
 * `Intl.Segmenter` that is made when it is first used. The first one costs 12 ms, and many modules of a screen make one
 * as they are loaded, for text that hardly ever comes. The bundle has the packages use this one (scripts/faster.mjs).
 */

/** Takes what `Intl.Segmenter` takes. */
export class LazySegmenter {
  readonly #make: () => Intl.Segmenter;
  #made: Intl.Segmenter | undefined;

  constructor(locales?: Intl.LocalesArgument, options?: Intl.SegmenterOptions) {
    this.#make = () => new Intl.Segmenter(locales, options);
  }

  segment(text: string): Intl.Segments {
    this.#made ??= this.#make();
    return this.#made.segment(text);
  }
}
