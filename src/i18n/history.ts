/** What the console says of the history, of captures kept from it, and of its keys, in both languages. */

/** Why a capture was saved by itself, by the rule; `value` is what was measured. */
type Reasons = Readonly<
  Record<"late" | "missed" | "lost" | "stall" | "verdict", (value: string) => string>
>;

const reasonsEnglish: Reasons = {
  late: (value) => `frame late by ${value} frame times`,
  missed: (value) => `${value} frames skipped within a second`,
  lost: (value) => `${value} frames lost within a second`,
  stall: (value) => `no frame for ${value} ms`,
  verdict: () => "the verdict turned bad",
};

const reasonsGerman: Reasons = {
  late: (value) => `Bild um ${value} Bilddauern verspätet`,
  missed: (value) => `${value} Bilder in einer Sekunde ausgelassen`,
  lost: (value) => `${value} Bilder in einer Sekunde verloren`,
  stall: (value) => `${value} ms lang kein Bild`,
  verdict: () => "der Befund wurde schlecht",
};

export const historyEnglish = {
  title: "Sessions of the last days",
  intro: "Recorded even without a capture. Drag across a session to keep a part of it for good.",
  none: "No sessions yet. Every session appears here, whether a capture runs or not.",
  off: "The history is off. Set its days and megabytes on the Sessions page to switch it on.",
  more: (shown: string, all: string) => `Show all ${all} sessions (${shown} shown)`,
  running: "running",
  open: "Open",
  atTime: "What was it at",
  show: "Show",
  nothingAt: (time: string) => `Nothing was streamed at ${time}.`,
  keepAll: "Keep all",
  keepRange: (from: string, to: string) => `Keep ${from} to ${to}`,
  keepLast: "Keep the last",
  minutes: "min",
  minutesLabel: "Minutes to keep",
  spark: (client: string) =>
    `Slowest frame of each minute, ${client}. Arrow keys select a minute, Shift and arrow keys extend the selection, Escape clears it.`,
  slowest: (time: string) => `slowest frame ${time}`,
  missed: (count: string, isOne: boolean) => `${count} ${isOne ? "frame" : "frames"} skipped`,
  dropped: (count: string) => `${count} dropped by the host`,
  lost: (count: string, isOne: boolean) => `${count} ${isOne ? "frame" : "frames"} lost`,
  clean: "no frame skipped, dropped or lost",
  firstMinute: "less than a minute so far",
  session: (client: string) => `Session of ${client}`,
  notKept: "From the history: deleted when it gets too old or the disk limit is reached.",
  unread: (ranges: string) =>
    `Missing here because it could not be read: ${ranges}. It was recorded; its file is damaged, or the disk fails.`,
  unreadLists: (count: number) =>
    count === 1
      ? "Sessions of one start of the host are missing: their list could not be read."
      : `Sessions of ${count} starts of the host are missing: their lists could not be read.`,
  keepShown: "Keep this session",
  keepShownRange: "Keep this range",
  parts: "Parts of this session",
  empty: "The history has no samples in this range.",
  origins: {
    label: "Origin",
    all: "All captures",
    kept: "Kept",
    armed: "Armed",
    automatic: "Automatic",
    imported: "Imported",
  },
  kept: "kept",
  keptHint: "Kept from the history afterwards.",
  automatic: "automatic",
  imported: "imported",
  importedHint: "Recorded by another tool, and imported from its file.",
  otherTool: "other tool",
  reasons: reasonsEnglish,
  keptNow: (seconds: string) => `The last ${seconds} s are kept.`,
  close: "Close",
  keys: {
    title: "Keyboard shortcuts",
    keep: "Keep the last 30 s as a capture",
    mark: "Add a marker to the running capture",
    figures: "Show or hide the figures of a stream",
    arrows: "In a chart: from point to point",
    enter: "In a chart: details of that moment",
    late: "On a frame’s page: previous or next late frame",
    step: "On a frame’s page: previous or next frame",
    help: "This list",
    key: "Key",
    does: "Action",
  },
};

export const historyGerman: typeof historyEnglish = {
  title: "Sitzungen der letzten Tage",
  intro:
    "Auch ohne Aufzeichnung mitgeschrieben. Zieh über eine Sitzung, um einen Teil davon dauerhaft zu behalten.",
  none: "Noch keine Sitzungen. Jede Sitzung erscheint hier, ob eine Aufzeichnung läuft oder nicht.",
  off: "Der Verlauf ist aus. Auf der Seite „Sitzungen“ schaltest du ihn mit Tagen und Megabyte ein.",
  more: (shown, all) => `Alle ${all} Sitzungen anzeigen (${shown} sichtbar)`,
  running: "läuft",
  open: "Öffnen",
  atTime: "Wie war es um",
  show: "Zeigen",
  nothingAt: (time) => `Um ${time} wurde nichts gestreamt.`,
  keepAll: "Alles behalten",
  keepRange: (from, to) => `${from} bis ${to} behalten`,
  keepLast: "Behalte die letzten",
  minutes: "min",
  minutesLabel: "Minuten, die behalten werden",
  spark: (client) =>
    `Langsamstes Bild jeder Minute, ${client}. Pfeiltasten wählen eine Minute, Umschalt und Pfeiltasten erweitern die Auswahl, Escape hebt sie auf.`,
  slowest: (time) => `langsamstes Bild ${time}`,
  missed: (count, isOne) => `${count} ${isOne ? "Bild" : "Bilder"} ausgelassen`,
  dropped: (count) => `${count} vom Host verworfen`,
  lost: (count, isOne) => `${count} ${isOne ? "Bild" : "Bilder"} verloren`,
  clean: "kein Bild ausgelassen, verworfen oder verloren",
  firstMinute: "bisher unter einer Minute",
  session: (client) => `Sitzung von ${client}`,
  notKept:
    "Aus dem Verlauf: wird gelöscht, wenn sie zu alt wird oder die Speichergrenze erreicht ist.",
  unread: (ranges) =>
    `Fehlt hier, weil es sich nicht lesen ließ: ${ranges}. Es wurde aufgezeichnet; die Datei ist beschädigt, oder der Datenträger macht Fehler.`,
  unreadLists: (count) =>
    count === 1
      ? "Die Sitzungen eines Host-Starts fehlen: Ihre Liste ließ sich nicht lesen."
      : `Die Sitzungen von ${count} Host-Starts fehlen: Ihre Listen ließen sich nicht lesen.`,
  keepShown: "Diese Sitzung behalten",
  keepShownRange: "Diesen Bereich behalten",
  parts: "Abschnitte dieser Sitzung",
  empty: "Für diesen Bereich enthält der Verlauf keine Messwerte.",
  origins: {
    label: "Herkunft",
    all: "Alle Aufzeichnungen",
    kept: "Behaltene",
    armed: "Gestartete",
    automatic: "Automatische",
    imported: "Importierte",
  },
  kept: "behalten",
  keptHint: "Nachträglich aus dem Verlauf behalten.",
  automatic: "automatisch",
  imported: "importiert",
  importedHint: "Von einem anderen Programm aufgezeichnet und aus dessen Datei importiert.",
  otherTool: "anderes Programm",
  reasons: reasonsGerman,
  keptNow: (seconds) => `Die letzten ${seconds} s sind gespeichert.`,
  close: "Schließen",
  keys: {
    title: "Tastenkürzel",
    keep: "Die letzten 30 s als Aufzeichnung behalten",
    mark: "Die laufende Aufzeichnung mit einer Markierung versehen",
    figures: "Werte eines Streams anzeigen oder ausblenden",
    arrows: "Im Diagramm: von Punkt zu Punkt",
    enter: "Im Diagramm: Einzelheiten zu diesem Moment",
    late: "Auf der Seite eines Bildes: voriges oder nächstes verspätetes Bild",
    step: "Auf der Seite eines Bildes: voriges oder nächstes Bild",
    help: "Diese Liste",
    key: "Taste",
    does: "Wirkung",
  },
};

/** Why a capture was saved by itself; a rule of a later version by its name. */
export function reasonText(
  reasons: Reasons,
  { rule, value }: { readonly rule: string; readonly value: string },
): string {
  const known = Object.entries(reasons).find(([name]) => name === rule);
  return known === undefined ? rule : known[1](value);
}
