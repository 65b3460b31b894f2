import * as modules from 'node:module';
import { setFlagsFromString } from 'node:v8';

/*
 * The engine's own process: the user's code runs here and cannot break the screen. Started by client.ts.
 * The cache has to be on before the rest is imported.
 */

// Deno has none
modules.enableCompileCache?.();
// WebAssembly is not optimized, see bin/start.js
setFlagsFromString('--wasm-tier-up-filter=0');
const { serve } = await import('./serve.ts');
serve();
