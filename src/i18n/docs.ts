/** What the API page says, in both languages. */
export const docsEnglish = {
  title: "API",
  language: "en",
  intro: "Whatever the console does, a program can do too: over HTTP, with the token of this host.",
  token: "Run it in the host’s data directory, where the file “token” is.",
  pinned:
    "The host’s certificate is its own and names no address, so -k leaves out the usual check. --pinnedpubkey takes its place: curl sends the token only to who has this host’s key.",
  document: "The description as OpenAPI",
  loading: "Loading…",
  noScript: "The reader needs JavaScript, the description itself does not.",
};

export const docsGerman: typeof docsEnglish = {
  title: "API",
  language: "de",
  intro:
    "Was die Konsole kann, kann auch ein Programm: über HTTP, mit dem Token dieses Hosts. Die Beschreibung ist englisch.",
  token: "Im Datenverzeichnis des Hosts ausführen, dort liegt die Datei „token“.",
  pinned:
    "Das Zertifikat hat der Host selbst ausgestellt, und es nennt keine Adresse: Deshalb lässt -k die übliche Prüfung weg. An ihre Stelle tritt --pinnedpubkey: curl sendet das Token nur an den, der den Schlüssel dieses Hosts hat.",
  document: "Die Beschreibung als OpenAPI",
  loading: "Lädt…",
  noScript: "Zum Lesen hier ist JavaScript nötig, für die Beschreibung selbst nicht.",
};
