import * as v from 'valibot';
import { durationHelp, parseDuration } from './duration.ts';

/*
 * What the entries of a settings file are made of.
 */

/** Text or a number of ms. */
export const duration = (description: string) =>
  v.pipe(
    v.union([v.number(), v.string()], `must be ${durationHelp}`),
    v.check(value => parseDuration(value) !== null, `must be ${durationHelp}`),
    v.description(`${description} ${durationHelp[0]?.toUpperCase()}${durationHelp.slice(1)}.`),
  );

/** True or false. */
export const flag = (description: string) =>
  v.pipe(v.boolean('must be true or false'), v.description(description));

/** A text that is not empty. */
export const text = (description: string) =>
  v.pipe(v.string('must be a string'), v.nonEmpty('must not be empty'), v.description(description));

/** One of these values. */
export const oneOf = <const Options extends readonly string[]>(options: Options, description: string) =>
  v.pipe(
    v.picklist(options, `must be one of ${options.map(option => `"${option}"`).join(', ')}`),
    v.description(description),
  );

/** A whole number. */
export const wholeNumber = (description: string, least: number) =>
  v.pipe(
    v.number('must be a whole number'),
    v.integer('must be a whole number'),
    v.minValue(least, `must be at least ${least}`),
    v.description(description),
  );

/** A text, or a list of texts. */
export const oneOrMore = (description: string) => {
  const one = v.pipe(v.string('must be a string or a list of strings'), v.nonEmpty('must not be empty'));
  return v.pipe(
    v.union([one, v.array(one)], 'must be a string or a list of strings'),
    v.description(description),
  );
};
