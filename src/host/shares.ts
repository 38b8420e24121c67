/** Joins the sharing of captures to the store and to what this host must not tell. */
import type { Config } from "../config.ts";
import type { HistoryService } from "../keep/history-reads.ts";
import { hostSecrets } from "../share/host-secrets.ts";
import { ShareService } from "../share/service.ts";
import type { Core } from "./core.ts";

/** Shares saved captures of this host. */
export function openShares(
  { dataDirectory }: Config,
  { store, token, clock }: Core,
  history: HistoryService,
): ShareService {
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
}
