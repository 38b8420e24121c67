/**
 * Connects the sharing of captures, and the import of other tools' files, to the store and to this
 * host's secrets.
 */
import type { Config } from "../config.ts";
import { ImportService } from "../import/service.ts";
import type { HistoryService } from "../keep/history-reads.ts";
import type { Shares } from "../ports/shares.ts";
import { hostSecrets } from "../share/host-secrets.ts";
import type { Core } from "./core.ts";

/** Saves files of other tools as captures of this host. */
export function openImports({ store, recorder, clock }: Core): ImportService {
  return new ImportService({
    save: (capture, timeline) => store.save(capture, timeline),
    rowsPath: (id) => store.frames.pathOf(id),
    settleRows: (id) => store.settleRows(id),
    saved: (meta) => recorder.announce(meta),
    remove: (id) => store.remove(id),
    wallMs: () => clock.wallMs(),
  });
}

/** Shares saved captures of this host. Its texts and charts are loaded with the first one. */
export function openShares(
  { dataDirectory }: Config,
  { store, token, clock }: Core,
  history: HistoryService,
): Shares {
  const open = async () => {
    const { ShareService } = await import("../share/service.ts");
    return new ShareService({
      recordings: store,
      rows: (id) => history.rowsOfRecording(id, {}),
      secrets: async () => {
        const found = await hostSecrets(dataDirectory);
        return { ...found, secrets: [...found.secrets, token] };
      },
      dataDirectory,
      wallMs: () => clock.wallMs(),
    });
  };
  return { share: async (id, language) => await (await open()).share(id, language) };
}
