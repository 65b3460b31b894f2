/**
 * A part of a list of cases, for runs that must be short: every nth case of `MIGTUI_TEST_SAMPLE=n`, or of
 * `n:first` starting at that index, and at least one. All cases without the variable. `.ci/run` starts at an
 * index that depends on the commit, so that consecutive commits try different cases.
 */
export function sampled<T>(cases: readonly T[]): readonly T[] {
  const { every, first } = sampleOf();
  const step = Math.min(every, cases.length);
  return cases.filter((_, index) => index % step === first % step);
}

/** The variable: every nth case, starting at an index. */
export function sampleOf(): { readonly every: number; readonly first: number } {
  const [every = 1, first = 0] = (process.env.MIGTUI_TEST_SAMPLE ?? '1').split(':').map(Number);
  if (!(every >= 1)) throw new Error('MIGTUI_TEST_SAMPLE is n or n:first, with n of at least 1');
  return { every, first };
}
