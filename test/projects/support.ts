import { expect } from 'vitest';
import { migtui, type Output, type Project, type RunOptions, stockCli } from '../support/project.ts';

// biome-ignore lint/suspicious/noExplicitAny: the shapes are checked by the tests themselves
export type Answer = any;

/** Runs migtui with --json: stdout must be one JSON document whatever the project prints. */
export async function answer(
  project: Project,
  args: readonly string[],
  options?: RunOptions,
): Promise<Answer & { code: number | null; stderr: string }> {
  const output = await migtui(project, [...args, '--json'], options);
  try {
    const value = JSON.parse(output.stdout);
    return Object.assign(Array.isArray(value) ? { rows: value } : value, {
      code: output.code,
      stderr: output.stderr,
    });
  } catch {
    throw new Error(`not JSON (exit ${output.code}): ${output.stdout}\n${output.stderr}`);
  }
}

/** Upgrades to the heads and expects every step to be done. */
export async function upgraded(project: Project, target = 'head', options?: RunOptions): Promise<Answer> {
  const result = await answer(project, ['upgrade', target, '--yes'], options);
  expect(result.error ?? result.failure, result.stderr).toBeUndefined();
  expect(result.code).toBe(0);
  return result;
}

/** Names in the output of `mikro-orm migration:list` or `migration:pending`, in order. */
export async function stockNames(
  project: Project,
  which: 'list' | 'pending',
  options?: RunOptions,
): Promise<string[]> {
  const output = await stockCli(project, [`migration:${which}`], options);
  if (output.code !== 0) throw new Error(`mikro-orm migration:${which}: ${output.stdout}${output.stderr}`);
  return namesIn(output);
}

function namesIn({ stdout }: Output): string[] {
  return [...stdout.replaceAll(/\u001b\[[0-9;]*m/g, '').matchAll(/^│ (\S.*?) +│/gm)]
    .map(([, name]) => name as string)
    .filter(name => name !== 'Name');
}

/** The error of a call that must fail: exit code 1, a code, a message, and the next step. */
export async function failure(
  project: Project,
  args: readonly string[],
  options?: RunOptions,
): Promise<Answer> {
  const { code, error, stderr } = await answer(project, args, options);
  expect(code, stderr).toBe(1);
  expect(error).toMatchObject({ code: expect.stringMatching(/^[a-z-]+$/), message: expect.any(String) });
  expect(error.code).not.toBe('internal');
  return error;
}
