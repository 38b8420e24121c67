/** Experiments for the API, the console and the commands. */
import type { Experiment, ExperimentRequest } from "../model/experiment.ts";
import type { SendCall } from "./timeline.ts";

/** One at a time; ended ones are kept. */
export type Experiments = {
  /**
   * Begins at once. `send` changes the settings with the rights of the person who began it.
   * @throws Failure `experiment_running`, `nobody_plays`, `history_off`, `out_of_range`
   */
  start(request: ExperimentRequest, send: SendCall): Promise<Experiment>;
  /** Newest first, including the running one. */
  list(): Promise<readonly Experiment[]>;
  get(id: string): Promise<Experiment | undefined>;
  /**
   * Ends a running one, with the setting restored when this resolves; deletes the manifest of an
   * ended one. False when there is none with this id.
   */
  remove(id: string): Promise<boolean>;
};
