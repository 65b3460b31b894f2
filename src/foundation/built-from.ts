/** The hash of the sources that the build was made from; the build defines it. */
declare const builtFrom: string | undefined;

/** Identifies the code of a build, for caches that depend on it; null where the sources themselves run. */
export const build: string | null = typeof builtFrom === 'undefined' ? null : builtFrom;
