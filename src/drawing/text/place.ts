/** A database, and the schema in which migrations run, if there is one. */
export const placeLabel = (label: string, schema: string | null): string =>
  schema === null ? label : `${label}, schema ${schema}`;
