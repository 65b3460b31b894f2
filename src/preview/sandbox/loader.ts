import Module, { isBuiltin } from 'node:module';
import type { Channel } from './channel.ts';
import { isAllowed, isInPackage } from './isolate.ts';

/** The module with the helper of compiled decorators. */
const decorators = '@oxc-project/runtime/helpers/decorate';

const decorateSource = `export default function (decorators, target, key, descriptor) {
  const count = arguments.length;
  let result = count < 3 ? target : descriptor === null ? Object.getOwnPropertyDescriptor(target, key) : descriptor;
  for (let index = decorators.length - 1; index >= 0; index--) {
    const decorator = decorators[index];
    if (decorator) result = (count < 3 ? decorator(result) : count > 3 ? decorator(target, key, result) : decorator(target, key)) || result;
  }
  if (count > 3 && result) Object.defineProperty(target, key, result);
  return result;
}`;

/**
 * Loads the project's modules through the engine, which compiles TypeScript to JavaScript: native compilers
 * and their processes cannot run here. Packages are read from node_modules as usual.
 */
export function installLoader(channel: Channel): void {
  const { registerHooks } = Module;
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (isBuiltin(specifier)) {
        if (!isAllowed(specifier)) throw notAllowed(specifier);
        return nextResolve(specifier, context);
      }
      if (specifier === decorators)
        return { url: `data:text/javascript,${encodeURIComponent(decorateSource)}`, shortCircuit: true };
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (context.parentURL === undefined || isInPackage(context.parentURL)) throw error;
        const { url } = channel.ask({ t: 'resolve', specifier, parent: context.parentURL });
        if (url === undefined) throw error;
        return { url, shortCircuit: true };
      }
    },
    load(url, context, nextLoad) {
      const plain =
        !url.startsWith('file:') || isInPackage(url) || /\.(node|wasm)$/.test(url.split('?')[0] as string);
      if (plain) return nextLoad(url, context);
      const { source, format, error } = channel.ask({ t: 'load', url });
      if (source === undefined) throw new Error(error ?? `${url} cannot be read`);
      return { source, format: format ?? 'module', shortCircuit: true };
    },
  });
}

function notAllowed(name: string): Error {
  return Object.assign(new Error(`a preview cannot use ${name}`), {
    code: 'ERR_ACCESS_DENIED',
  });
}
