/*
 * An `Intl.Segmenter` that is created on first use. The first one costs 12 ms, and many modules of the app
 * create one when they are loaded, for rare text. The bundle makes the packages use this one
 * (scripts/faster.mjs).
 */

/** The same arguments as `Intl.Segmenter`. */
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
