/** Named tokens in `<data>/tokens.json` (0600): names, rights and the hashes of secrets. */
import { accessTokenCountMax, KeptToken } from "../model/access-token.ts";
import { KeptListFile, type ListForm } from "./kept-list-file.ts";

/** What `tokens.json` is called, and what is in it. */
export const accessTokensForm: ListForm<typeof KeptToken> = {
  fileName: "tokens.json",
  list: "tokens",
  item: KeptToken,
  countMax: accessTokenCountMax,
  notSaved: "tokens_not_saved",
  damaged: "tokens_damaged",
};

/** Holds what was there at the start, and saves what is there now. One for each data directory. */
export const AccessTokensFile = {
  load: (directory: string): Promise<KeptListFile<typeof KeptToken>> =>
    KeptListFile.load(directory, accessTokensForm),
};
