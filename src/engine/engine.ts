import { Failure } from '../foundation/failure.ts';
import { learnFromValue } from '../foundation/secrets/sources.ts';
import type { Project } from '../project/project.ts';
import type { EngineApi, EngineEvent, EngineOptions, PlanStart } from './api.ts';
import type { AuthoringApi } from './authoring.ts';
import { requireAvailable } from './available.ts';
import type { Fleet } from './fleet.ts';
import { detail } from './overview/detail.ts';
import { watchChanges } from './overview/live.ts';
import { readOverview } from './overview/overview.ts';
import { outgoing, outgoingEvent } from './process/outgoing.ts';
import type { Running } from './running.ts';
import { resolved, Session } from './session.ts';

/**
 * Opens the API that both front ends use. Headless commands call it in their own process;
 * the app through `startEngine`. Opening does not connect and writes nothing.
 * @param emit receives events between calls
 * @param orm whose config is used instead of loading one
 * @throws Failure if the project cannot be opened (see `openProject`). All methods throw only failures too.
 * If only a config is missing, it still opens: `draftInit` and `write` work, all other methods report the
 * reason.
 */
export async function openEngine(
  options: EngineOptions,
  emit: (event: EngineEvent) => void,
  orm?: Project['orm'],
): Promise<EngineApi> {
  learnFromValue(options);
  const writing = <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) => {
    return async (...args: Args): Promise<Result> => {
      if (options.readOnly) {
        throw new Failure({
          code: 'read-only',
          message: 'migtui was opened read-only: nothing is written.',
          next: 'Omit --read-only (or the readOnly setting) to write.',
        });
      }
      return work(...args);
    };
  };
  let session: Session;
  try {
    session = await Session.open(options, event => emit(outgoingEvent(event)), orm);
  } catch (error) {
    const { onlySetUp } = await import('./authoring/draft-init.ts');
    const api = onlySetUp(options, error);
    if (!api) throw error;
    return outgoing({ ...api, write: writing(api.write) });
  }
  // Reading comes first: code for plans, runs and writing is loaded on first use.
  let running: Running | undefined;
  const run = async (): Promise<Running['api']> => {
    const { createRunning } = await import('./running.ts');
    running ??= createRunning(session);
    return running.api;
  };
  let authoring: AuthoringApi | undefined;
  const author = async (): Promise<AuthoringApi> => {
    const { createAuthoring } = await import('./authoring.ts');
    authoring ??= createAuthoring(session);
    return authoring;
  };
  let fleet: Fleet | undefined;
  const fleetOf = async (): Promise<Fleet> => {
    requireAvailable(session, 'fleet');
    const { createFleet } = await import('./fleet.ts');
    fleet ??= createFleet(session);
    return fleet;
  };
  const stopWatching = options.live ? watchChanges(session, () => running?.busy() === true) : () => {};
  const api: EngineApi = {
    overview: () => readOverview(session),
    revision: id => detail(session, id),
    show: async target => (await import('./overview/show.ts')).show(session, target),
    resolve: async target => resolved(await session.state(), target),
    async preview(request) {
      const onStart = (start: PlanStart): void => session.emit({ type: 'plan-start', start });
      return (await import('./planning/preview.ts')).preview(session, request, undefined, onStart);
    },
    async lint(request) {
      requireAvailable(session, 'lint');
      return (await import('./lint.ts')).lint(session, request);
    },
    run: writing(async (preview, options) => (await run()).run(preview, options)),
    doctor: async pgDump => (await import('./doctor/doctor.ts')).doctor(session, pgDump),
    cancel: async mode => (await run()).cancel(mode),
    endSession: writing(async (pid, how) => (await run()).endSession(pid, how)),
    journal: async () => (await run()).journal(),
    resolveRevision: writing(async (revision, as, confirm) =>
      (await run()).resolveRevision(revision, as, confirm),
    ),
    emptying: async () => (await run()).emptying(),
    empty: writing(async shown => (await run()).empty(shown)),
    ensureTable: writing(async confirm => (await run()).ensureTable(confirm)),
    script: async request => (await run()).script(request),
    fleetStatus: async request => (await fleetOf()).api.fleetStatus(request),
    fleetStages: async () => (await fleetOf()).api.fleetStages(),
    fleetRehearse: async request => (await fleetOf()).api.fleetRehearse(request),
    fleetPlan: async request => (await fleetOf()).api.fleetPlan(request),
    fleetRun: writing(async (id, options) => (await fleetOf()).api.fleetRun(id, options)),
    fleetContinue: async go => (await fleetOf()).api.fleetContinue(go),
    fleetCancel: async mode => (await fleetOf()).api.fleetCancel(mode),
    authors: async () => (await import('./overview/authors.ts')).authors(session),
    sizes: async () => (await import('./overview/sizes.ts')).sizes(session),
    async arrivals() {
      requireAvailable(session, 'fleet');
      return (await import('./overview/arrivals.ts')).arrivals(session);
    },
    effect: async revision => (await author()).effect(revision),
    compare: async targets => (await author()).compare(targets),
    check: async kinds => (await author()).check(kinds),
    draftRevision: async request => (await author()).draftRevision(request),
    draftFix: async target => (await author()).draftFix(target),
    draftSplit: async target => (await author()).draftSplit(target),
    draftMerge: async request => (await author()).draftMerge(request),
    draftRebase: async request => (await author()).draftRebase(request),
    diff: async ref => (await author()).diff(ref),
    draftSquash: async request => (await author()).draftSquash(request),
    draftAdopt: async () => (await author()).draftAdopt(),
    draftInit: async () => (await author()).draftInit(),
    bake: async () => (await author()).bake(),
    rehearsePlan: async (request, data) => (await author()).rehearsePlan(request, data),
    test: async request => (await author()).test(request),
    rehearse: async heads => (await author()).rehearse(heads),
    write: writing(async draft => (await author()).write(draft)),
    async close() {
      stopWatching();
      await running?.stop();
      await fleet?.close();
      await session.close();
    },
  };
  return outgoing(api, session.project);
}
