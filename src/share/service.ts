/** Loads everything of a capture and makes it ready to be shared; for the host and the commands. */
import { homedir, hostname, userInfo } from "node:os";
import packageFacts from "../../package.json" with { type: "json" };
import { Failure } from "../base/failure.ts";
import { asLanguage } from "../i18n/language.ts";
import type { FrameTable } from "../model/frames.ts";
import type { Recordings } from "../ports/recordings.ts";
import type { SharedCapture, Shares } from "../ports/shares.ts";
import { readSharedAssets } from "./assets.ts";
import { type HostNames, knownValues } from "./known-values.ts";

/** The source of captures, and the host's known secrets. */
export type ShareOptions = {
  readonly recordings: Pick<Recordings, "load" | "loadTimeline">;
  /** All rows of a capture. @throws Failure `no_frames` when it has none */
  rows(id: string): Promise<FrameTable>;
  secrets(): Promise<Pick<HostNames, "secrets" | "players">>;
  readonly dataDirectory: string;
  wallMs(): number;
};

/** Makes shared files of saved captures. */
export class ShareService implements Shares {
  readonly #options: ShareOptions;

  constructor(options: ShareOptions) {
    this.#options = options;
  }

  async share(id: string, language: string): Promise<SharedCapture | undefined> {
    const { recordings, dataDirectory, secrets, wallMs } = this.#options;
    const capture = await recordings.load(id);
    if (capture === undefined) return undefined;
    const timeline = await recordings.loadTimeline(id);
    const names: HostNames = {
      ...{ hostName: hostname(), userName: userName(), homeDirectory: homedir(), dataDirectory },
      ...(await secrets()),
    };
    const { shareOf } = await import("./share.ts");
    return shareOf({
      ...{ capture, timeline, rows: await this.#rows(id) },
      known: knownValues(names, capture, timeline),
      assets: await readSharedAssets(),
      language: asLanguage(language) ?? "en",
      version: packageFacts.version,
      sharedUnixMs: wallMs(),
    });
  }

  /** Captures of earlier versions, and of hosts without a history, have none. */
  async #rows(id: string): Promise<FrameTable | undefined> {
    try {
      return await this.#options.rows(id);
    } catch (error) {
      if (error instanceof Failure && error.code === "no_frames") return undefined;
      throw error;
    }
  }
}

/** A container may have no name for its user. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "";
  }
}
