import type { Comparison, Preview } from '../../engine/api.ts';
import { drawEffects } from '../draw/effects.ts';
import { nameOf } from '../draw/rows.ts';
import type { Call } from '../shell/call.ts';
import { clean } from '../shell/clean.ts';
import { type Definition, examples } from '../shell/command.ts';
import { planOptions, runOptions } from '../shell/options.ts';
import { type Examined, type GoOptions, go } from './run-plan.ts';

interface StampOptions extends GoOptions {
  readonly purge?: boolean;
  readonly compare: boolean;
}

/** `migtui stamp <target…>`: changes only rows of the migrations table; no migration runs. */
export const stamp: Definition = (program, act) => {
  const command = program
    .command('stamp')
    .description('mark revisions as applied in the migrations table, without running them')
    .argument('<target...>', 'head, heads, base or revisions')
    .option('--purge', 'delete all other rows of the migrations table first')
    .option('--no-compare', 'do not compare the live schema with that of the target')
    .addHelpText(
      'after',
      examples({
        'migtui stamp head': 'a database that already has the tables',
        'migtui stamp base': 'nothing is applied',
        'migtui stamp head --plan': 'the rows to log and unlog; nothing is written',
        'migtui stamp head --purge': 'replace the rows that are there',
      }),
    )
    .action(act(runStamp));
  // A stamp has no transactions to choose, and the strict rules do not apply to it.
  for (const option of [...planOptions(), ...runOptions()]) {
    if (!['transaction', 'strict'].includes(option.attributeName())) command.addOption(option);
  }
  return command;
};

async function runStamp(call: Call, targets: readonly string[], options: StampOptions): Promise<number> {
  const request = { command: 'stamp', targets, purge: options.purge === true } as const;
  return go(call, request, options, preview =>
    options.compare ? compare(call, preview) : Promise.resolve(null),
  );
}

/**
 * Whether the live schema matches the stamped revisions, so that a wrong stamp is noticed before it is
 * written.
 */
async function compare(call: Call, { plan, steps }: Preview): Promise<Examined> {
  const engine = await call.engine();
  const after = plan.tips.length > 0 ? plan.tips : ['base'];
  const made = after.map(nameOf).join(' and ');
  let comparison: Comparison;
  try {
    comparison = await engine.compare(after);
  } catch (error) {
    const message = clean((error as Error).message);
    return {
      json: { comparison: null, notCompared: message },
      draw: paint => paint.dim(`The live schema was not compared: ${message}`),
      nameReason: null,
    };
  }
  const { same, effects } = comparison;
  const forward = steps.some(({ action }) => action === 'log');
  return {
    json: { comparison },
    draw: paint =>
      same
        ? `${paint.good(paint.glyphs.ok)} The live schema matches ${made}.`
        : `${paint.warn(paint.glyphs.warning)} The live schema does not match ${made} (+ missing, - unexpected, ~ different):\n${drawEffects(clean(effects), paint)}`,
    nameReason: !same && forward ? 'The migrations table would not match the schema.' : null,
  };
}
