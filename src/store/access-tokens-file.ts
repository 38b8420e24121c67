/** Named tokens in `<data>/tokens.json` (0600): names, rights and the hashes of secrets. */
import { accessTokenCountMax, KeptToken } from "../model/access-token.ts";
import { KeptListFile, type ListForm } from "./kept-list-file.ts";

/** Name and content of `tokens.json`. */
export const accessTokensForm: ListForm<typeof KeptToken> = {
  fileName: "tokens.json",
  list: "tokens",
  item: KeptToken,
  countMax: accessTokenCountMax,
  notSaved: "tokens_not_saved",
  damaged: "tokens_damaged",
};

/** Holds the tokens read at start, and saves changes. One per data directory. */
export const AccessTokensFile = {
  load: (directory: string): Promise<KeptListFile<typeof KeptToken>> =>
    KeptListFile.load(directory, accessTokensForm),
};
