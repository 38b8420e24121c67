/** Links to streams in `<data>/links.json` (0600), with the hashes of their secrets and cookies. */
import { KeptLink, linkCountMax } from "../model/link.ts";
import { KeptListFile, type ListForm } from "./kept-list-file.ts";

/** Name and content of `links.json`. */
export const linksForm: ListForm<typeof KeptLink> = {
  fileName: "links.json",
  list: "links",
  item: KeptLink,
  countMax: linkCountMax,
  notSaved: "links_not_saved",
  damaged: "links_damaged",
};

/** Holds the links read at start, and saves changes. One per data directory. */
export function loadLinksFile(directory: string): Promise<KeptListFile<typeof KeptLink>> {
  return KeptListFile.load(directory, linksForm);
}
