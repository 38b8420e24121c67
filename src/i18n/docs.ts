/** What the API page says, in both languages. */
export const docsEnglish = {
  title: "API",
  language: "en",
  intro: "Everything in the console is also available over HTTP, with this host’s access token.",
  token: "Run this in the host’s data directory, where the file “token” is.",
  pinned:
    "The host’s own certificate is self-signed, so -k skips the usual check. --pinnedpubkey takes its place: curl only sends the token to the host that has this key.",
  document: "OpenAPI document",
  operations: "Operations",
  loading: "Loading…",
  noScript: "This viewer needs JavaScript; the OpenAPI document does not.",
};

export const docsGerman: typeof docsEnglish = {
  title: "API",
  language: "de",
  intro:
    "Alles, was die Konsole kann, geht auch über HTTP mit dem Zugangstoken dieses Hosts. Die Beschreibung ist auf Englisch.",
  token: "Führe das im Datenverzeichnis des Hosts aus; dort liegt die Datei „token“.",
  pinned:
    "Der Host hat sein Zertifikat selbst signiert, deshalb überspringt -k die übliche Prüfung. --pinnedpubkey ersetzt sie: curl sendet das Token nur an den Host mit diesem Schlüssel.",
  document: "OpenAPI-Dokument",
  operations: "Operationen",
  loading: "Lädt…",
  noScript: "Diese Ansicht braucht JavaScript; das OpenAPI-Dokument nicht.",
};
