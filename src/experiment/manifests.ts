/** Manifests of experiments, a file each: `experiments/<id>.json`. The newest two hundred are kept. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { prepareDirectory, writeFileAtomic } from "../base/atomic-file.ts";
import { dataDisk } from "../base/disk-lane.ts";
import { warn } from "../base/log.ts";
import { readFileIfAny } from "../base/read-file.ts";
import { isCaptureId } from "../model/capture-id.ts";
import { Experiment } from "../model/experiment.ts";
import { shapeCheck } from "../model/shape-check.ts";

const suffix = ".json";
const keptCountMax = 200;
/** One with all its runs and three comparisons has some 40 KB. */
const manifestBytesMax = 1024 * 1024;
const isManifest = shapeCheck(Experiment);

/** The manifests of one directory. */
export class ManifestFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Removes files that a crash left incomplete. */
  async prepare(): Promise<void> {
    await prepareDirectory(this.#directory, "manifests");
  }

  /** Durable when this resolves. */
  async save(experiment: Experiment): Promise<void> {
    await writeFileAtomic(this.#path(experiment.id), `${JSON.stringify(experiment)}\n`);
    const ids = await this.#ids();
    for (const id of ids.slice(keptCountMax)) await this.remove(id);
  }

  /** `undefined` if it does not exist or cannot be read. */
  async load(id: string): Promise<Experiment | undefined> {
    if (!isCaptureId(id)) return undefined;
    try {
      const text = await readFileIfAny(this.#path(id), manifestBytesMax);
      const value: unknown = text === undefined ? undefined : JSON.parse(text);
      // Its unions are those of the schema, which was checked.
      if (isManifest.Check(value)) return { ...(value as Experiment), id };
      if (text !== undefined) warn("experiment_manifest_not_understood", { id });
    } catch (cause) {
      warn("experiment_manifest_not_readable", { id, cause });
    }
    return undefined;
  }

  /** Newest first. */
  async list(): Promise<Experiment[]> {
    const ids = (await this.#ids()).slice(0, keptCountMax);
    const loaded = await Promise.all(ids.map((id) => this.load(id)));
    return loaded.filter((one) => one !== undefined);
  }

  async remove(id: string): Promise<void> {
    await rm(this.#path(id), { force: true });
  }

  /** An id starts with its time: the newest is the last alphabetically. */
  async #ids(): Promise<string[]> {
    const names = await dataDisk.run(() => readdir(this.#directory)).catch(() => []);
    return names
      .filter((name) => name.endsWith(suffix))
      .map((name) => name.slice(0, -suffix.length))
      .filter(isCaptureId)
      .sort()
      .reverse();
  }

  #path(id: string): string {
    return join(this.#directory, `${id}${suffix}`);
  }
}
