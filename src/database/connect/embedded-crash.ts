/** The functions of PGlite's WebAssembly module that a query calls, in PGlite 0.4 and newer. */
interface QueryModule {
  _PostgresMainLoopOnce(): void;
  _pgl_setPGliteExitStatus(status: number): number;
  _PostgresSendReadyForQueryIfNecessary?(): void;
  _pgl_pq_flush?(): void;
}

/**
 * Makes a query fail if PGlite's WebAssembly crashes in it, and all later ones. PGlite calls
 * `_PostgresMainLoopOnce` in a loop that ignores exceptions and ends when the query has been read, so a crash before
 * that would repeat forever and block the process.
 * @param client a PGlite instance; versions with other functions are left as they are
 */
export function failOnCrash(client: unknown): void {
  const { mod } = (client ?? {}) as { readonly mod?: QueryModule };
  if (!mod?._PostgresMainLoopOnce || !mod._pgl_setPGliteExitStatus) return;
  const { _PostgresMainLoopOnce: once, _pgl_setPGliteExitStatus: setStatus } = mod;
  const { _PostgresSendReadyForQueryIfNecessary: sendReady, _pgl_pq_flush: flush } = mod;
  let crash: Error | null = null;
  mod._PostgresMainLoopOnce = () => {
    if (crash) throw crash;
    try {
      once();
    } catch (error) {
      if (error instanceof Error && error.name === 'RuntimeError') crash = crashed(error);
      throw error;
    }
  };
  // Called where the exception is caught.
  mod._pgl_setPGliteExitStatus = status => {
    if (crash) throw crash;
    return setStatus(status);
  };
  // Called in any case, and would hide the error by crashing again.
  if (sendReady) mod._PostgresSendReadyForQueryIfNecessary = () => crash ?? sendReady();
  if (flush) mod._pgl_pq_flush = () => crash ?? flush();
}

const crashed = (cause: Error): Error =>
  new Error(`PGlite crashed (${cause.message}). Press r in the app, or run the command again.`, { cause });
