import * as modules from 'node:module';
import { setFlagsFromString } from 'node:v8';

/*
 * The engine's own process: it runs the user's code, so that code cannot break the app. Started by client.ts.
 * The cache must be on before the rest is imported.
 */

// Deno does not have it.
modules.enableCompileCache?.();
// WebAssembly is not optimized, see bin/start.js..
setFlagsFromString('--wasm-tier-up-filter=0');
const { serve } = await import('./serve.ts');
serve();
