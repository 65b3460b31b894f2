import { quoteShell } from './shell.ts';

/** The commands that messages about a database suggest, with the options that address this database. */
export interface SuggestedCommands {
  /** Logs a revision without running it. */
  stamp(revision: string): string;
  /** Resolves an interrupted revision. */
  resolve(revision: string): string;
}

/**
 * The options with which another migtui command addresses the same database: ` --context staging --schema
 * tenant_7`, or empty.
 */
export function placeOptions(place: { readonly context: string; readonly schema: string | null }): string {
  const { context, schema } = place;
  return [
    context === 'default' ? '' : ` --context ${quoteShell(context)}`,
    schema === null ? '' : ` --schema ${quoteShell(schema)}`,
  ].join('');
}

/** @param place where migtui was opened */
export function commandsFor(place: Parameters<typeof placeOptions>[0]): SuggestedCommands {
  const options = placeOptions(place);
  return {
    stamp: revision => `migtui stamp ${revision}${options}`,
    resolve: revision => `migtui resolve ${revision}${options} --down, --applied or --not-applied`,
  };
}
