/** Experiments: one setting tried with several values in balanced order. */
import { Experiment, ExperimentRequest } from "../model/experiment.ts";
import { notFound } from "./not-found.ts";
import { nothing, operation } from "./operation.ts";
import { listOf } from "./schema.ts";

const tag = "experiments";
const route = "/api/v1/experiments";

export const experimentStart = operation({
  id: "experiment_start",
  method: "POST",
  route,
  tag,
  summary: "Start an experiment",
  description:
    "Changes a setting of the running streams in balanced order (ABBA BAAB…), restores it, and compares the frames. Aborted when anything else changes: another setting is changed, or a session starts or ends. Needs a running session and the history.",
  body: ExperimentRequest,
  answers: { 200: Experiment },
  isLong: true,
  problems: [409, 422, 507],
  act: ({ experiments }, { body }, { send }) => experiments.start(body, send),
});

export const experimentsList = operation({
  id: "experiments_list",
  method: "GET",
  route,
  tag,
  summary: "List experiments, newest first",
  description: "The newest two hundred manifests, including the running one.",
  answers: { 200: listOf(Experiment, "Newest first") },
  isLong: true,
  act: async ({ experiments }) => await experiments.list(),
});

export const experimentGet = operation({
  id: "experiment_get",
  method: "GET",
  route: `${route}/:id`,
  tag,
  summary: "Get an experiment: its progress or its result",
  description: "The manifest, with a comparison for each further value once it is done.",
  answers: { 200: Experiment },
  isLong: true,
  problems: [404],
  act: async ({ experiments }, { params: { id } }) => {
    const found = await experiments.get(id);
    if (found === undefined) throw noExperiment(id);
    return found;
  },
});

export const experimentRemove = operation({
  id: "experiment_remove",
  method: "DELETE",
  route: `${route}/:id`,
  tag,
  summary: "Abort a running experiment, or delete a finished one",
  description: "When this returns, the setting has been restored.",
  answers: { 204: nothing },
  problems: [404],
  act: async ({ experiments }, { params: { id } }) => {
    if (!(await experiments.remove(id))) throw noExperiment(id);
  },
});

function noExperiment(id: string) {
  return notFound(`Cannot find experiment "${id.slice(0, 128)}": there is none with this id`);
}
