/** Joins experiments to the settings they change and to the history they read. */
import { join } from "node:path";
import { systemScheduler } from "../base/scheduler.ts";
import { ExperimentService } from "../experiment/experiments.ts";
import { ManifestFiles } from "../experiment/manifests.ts";
import type { Sessions } from "../ports/sessions.ts";
import type { OperatorSettings } from "../ports/settings.ts";
import type { Core } from "./core.ts";

type Given = {
  readonly settings: OperatorSettings;
  readonly sessions: Sessions;
  /** Aborts a running experiment when the host ends. */
  readonly parts: AsyncDisposableStack;
};

/** Restores settings after an experiment that an earlier run of the host did not survive. */
export async function openExperiments(
  directory: string,
  core: Core,
  { settings, sessions, parts }: Given,
): Promise<ExperimentService> {
  const { clock, history, historyReads, keeper, recorder } = core;
  const experiments = new ExperimentService({
    ...{ clock, settings, sessions, scheduler: systemScheduler() },
    files: new ManifestFiles(join(directory, "experiments")),
    isHistoryOn: () => history.isOn,
    read: async (range, sessionId) => {
      const { rows, samples, sessions: known } = await historyReads.rowsBetween(range, sessionId);
      const session = known.find(({ session_id }) => session_id === sessionId);
      return session === undefined || rows.count === 0 ? undefined : { rows, samples, session };
    },
    keep: async (range, name) => {
      const { id } = await keeper.keep(range, { origin: "kept" });
      await recorder.change(id, { name, labels: ["experiment"] });
      return id;
    },
  });
  await experiments.recover();
  return parts.use(experiments);
}
