import { enableCompileCache } from 'node:module';

/*
 * The engine's own process: the user's code runs here and cannot break the screen. Started by client.ts.
 * The cache has to be on before the rest is imported.
 */

enableCompileCache?.();
const { serve } = await import('./serve.ts');
serve();
