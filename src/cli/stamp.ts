import { drawEffects } from './draw/effects.ts';
import { type GoOptions, go } from './going.ts';
import type { Call } from './shell/call.ts';
import { type Definition, examples } from './shell/command.ts';
import { planOptions, runOptions } from './shell/options.ts';

interface StampOptions extends GoOptions {
  readonly purge?: boolean;
  readonly compare: boolean;
}

/** `migtui stamp <target…>`: only rows of the migrations table, no migration runs. */
export const stamp: Definition = (program, act) => {
  const command = program
    .command('stamp')
    .description('write what is applied into the migrations table, without running anything')
    .argument('<target...>', 'head, heads, base, revisions')
    .option('--purge', 'empty the table first')
    .option('--no-compare', 'do not compare the live schema with what the target makes')
    .addHelpText(
      'after',
      examples({
        'migtui stamp head': 'a database that already has the tables',
        'migtui stamp base': 'nothing is applied',
        'migtui stamp head --plan': 'the rows to log and unlog; nothing is written',
        'migtui stamp head --purge': 'forget the rows that are there',
      }),
    )
    .action(act(runStamp));
  for (const option of [...planOptions(), ...runOptions()]) {
    if (option.attributeName() !== 'transaction') command.addOption(option);
  }
  return command;
};

async function runStamp(call: Call, targets: readonly string[], options: StampOptions): Promise<number> {
  const request = { command: 'stamp', targets, purge: options.purge === true } as const;
  return go(call, request, options, async () => {
    if (options.compare) for (const target of targets) await compare(call, target);
  });
}

/** Says where the live schema is not what the target's lineage makes, so that a lie is seen before it is stamped. */
async function compare(call: Call, target: string): Promise<void> {
  const engine = await call.engine();
  const comparison = await engine.compare(target).catch((error: Error) => {
    call.output.say(error.message, (message, paint) =>
      paint.dim(`The live schema was not compared: ${message}`),
    );
    return null;
  });
  if (!comparison) return;
  call.output.say(comparison, ({ same, effects }, paint) =>
    same
      ? `${paint.good(paint.glyphs.ok)} The live schema is what ${target} makes.`
      : `${paint.warn(paint.glyphs.warning)} The live schema is not what ${target} makes. To become it:\n${drawEffects(effects, paint)}`,
  );
}
