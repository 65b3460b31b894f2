import * as v from 'valibot';

const text = (description: string) =>
  v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'), v.description(description));

const wholeNumber = (description: string, least: number, most = Number.MAX_SAFE_INTEGER) =>
  v.pipe(
    v.number('must be a whole number'),
    v.integer('must be a whole number'),
    v.minValue(least, `must be at least ${least}`),
    v.maxValue(most, `must be at most ${most}`),
    v.description(description),
  );

const names = (description: string) =>
  v.pipe(
    v.array(
      v.pipe(v.string('must be a list of names'), v.nonEmpty('must not be empty')),
      'must be a list of names',
    ),
    v.description(description),
  );

const common = {
  tags: v.optional(names('Tags of these targets, for --tag and waves.')),
  name: v.optional(
    text(
      'The names of these targets: a template with {name} for the schema or database and {column} for columns of the query. Default "{name}".',
    ),
  ),
};

const query = text(
  'SQL whose first column is the name; a column "tags" adds tags (an array, or text separated by commas).',
);

const schemas = v.strictObject({
  schemas: v.union(
    [
      text('A pattern such as "tenant_*": every schema whose name matches.'),
      names('Names of schemas.'),
      v.strictObject({ query }),
    ],
    'must be a pattern, a list of names, or an object with "query"',
  ),
  context: v.optional(text('Context of the MikroORM config. Default: the one that migtui was opened with.')),
  database: v.optional(
    text('Database that has the schemas: a name, or a URL. Default: of the MikroORM config.'),
  ),
  ...common,
});

const databases = v.strictObject({
  databases: v.union(
    [
      text('A pattern such as "tenant_*" or "postgres://host/tenant_*": every database whose name matches.'),
      names('Names or URLs of databases.'),
      v.strictObject({
        query,
        on: v.optional(text('Database to query: a name, or a URL. Default: the one of the MikroORM config.')),
        url: v.optional(
          text(
            'URL of each database, with {name} and {column} for columns of the query. Default: a database of that name on the same server as the queried one.',
          ),
        ),
      }),
    ],
    'must be a pattern, a list of names, or an object with "query"',
  ),
  context: v.optional(text('Context of the MikroORM config. Default: the one that migtui was opened with.')),
  ...common,
});

const contexts = v.strictObject({
  contexts: v.union(
    [v.literal(true), names('Contexts of the MikroORM config.')],
    'must be true or a list of contexts',
  ),
  ...common,
});

const module = v.strictObject({
  module: text(
    'Path of a module, relative to the project, whose default export is a list of targets or a function that returns one.',
  ),
  ...common,
});

const sourceHelp =
  'must have "schemas", "databases", "contexts" or "module" (see node_modules/migtui/docs/fleet.md), or be a function';

const source = v.union([schemas, databases, contexts, module], sourceHelp);

/**
 * Selects the intended kind, for better messages. The JSON schema cannot express that a function is allowed
 * in settings written as a module.
 */
const sourceOrFunction = v.lazy(input => {
  if (typeof input === 'function') return v.function();
  if (typeof input !== 'object' || input === null) return source;
  if ('schemas' in input) return schemas;
  if ('databases' in input) return databases;
  if ('contexts' in input) return contexts;
  return 'module' in input ? module : source;
}) as unknown as typeof source;

const wave = v.strictObject(
  {
    name: v.optional(text('The name of the wave, for --pause-after.')),
    targets: v.optional(wholeNumber('Number of targets in the wave.', 1)),
    percent: v.optional(wholeNumber('Size of the wave in percent of all targets.', 1, 100)),
    tags: v.optional(names('The wave contains the targets with one of these tags.')),
  },
  'must be an object with "targets", "percent" or "tags"',
);

/** The source of targets, as written in the settings. */
export type WrittenSource =
  | v.InferOutput<typeof schemas>
  | v.InferOutput<typeof databases>
  | v.InferOutput<typeof contexts>
  | v.InferOutput<typeof module>;

/** A wave as written in the settings. */
export type WaveSetting = v.InferOutput<typeof wave>;

/** The setting `fleet`. */
export const fleetEntry = v.pipe(
  v.strictObject(
    {
      targets: v.optional(v.union([v.array(sourceOrFunction, sourceHelp), sourceOrFunction], sourceHelp)),
      waves: v.optional(
        v.pipe(
          v.array(wave, 'must be a list of waves'),
          v.description(
            'The waves of a run, in order. Targets in none of them come last, as the wave "rest".',
          ),
        ),
      ),
      parallel: v.optional(
        wholeNumber(
          'How many targets run at once on a server. Default: what half of its free connections allow, at most 8.',
          1,
        ),
      ),
      onError: v.optional(
        v.pipe(
          v.picklist(['stop', 'continue', 'pause'], 'must be one of "stop", "continue", "pause"'),
          v.description(
            'What happens when a target fails. Default "stop": targets in progress finish, no others start.',
          ),
        ),
      ),
      pauseAfter: v.optional(names('Waves after which a run asks whether to continue.')),
      maxFailures: v.optional(
        wholeNumber(
          'With onError "continue": stop when more than this percentage of all targets has failed.',
          0,
          100,
        ),
      ),
    },
    'must be an object with "targets"',
  ),
  v.description(
    'Many schemas, databases or contexts that are migrated together. See node_modules/migtui/docs/fleet.md.',
  ),
);

/** The setting `fleet` in the settings file. */
export type FleetEntry = v.InferOutput<typeof fleetEntry>;
