/** What the console says of the history, of captures kept from it, and of its keys, in both languages. */

/** Why a capture was saved by itself, by the rule; `value` is what was measured. */
type Reasons = Readonly<
  Record<"late" | "missed" | "lost" | "stall" | "verdict", (value: string) => string>
>;

const reasonsEnglish: Reasons = {
  late: (value) => `frame ${value} frame times late`,
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
  intro: "Recorded even without a capture. Drag across a session to keep part of it permanently.",
  none: "No sessions yet. Every session appears here, with or without a capture.",
  off: "The history is off. To turn it on, set its days and megabytes on the Sessions page.",
  stopped: (disk: string) => `Nothing is being recorded: ${disk}. The host keeps trying.`,
  more: (shown: string, all: string) => `Show all ${all} sessions (${shown} shown)`,
  running: "running",
  open: "Open",
  atTime: "What happened at",
  show: "Show",
  nothingAt: (time: string) => `Nothing was streamed at ${time}.`,
  keepAll: "Keep all",
  keepRange: (from: string, to: string) => `Keep ${from} to ${to}`,
  keepLast: "Keep the last",
  minutes: "min",
  minutesLabel: "Minutes to keep",
  spark: (client: string) =>
    `Slowest frame of each minute, ${client}. Arrow keys select a minute, Shift with arrow keys extends the selection, Esc clears it.`,
  slowest: (time: string) => `slowest frame ${time}`,
  missed: (count: string, isOne: boolean) => `${count} ${isOne ? "frame" : "frames"} skipped`,
  dropped: (count: string) => `${count} dropped by the host`,
  lost: (count: string, isOne: boolean) => `${count} ${isOne ? "frame" : "frames"} lost`,
  clean: "no frames skipped, dropped or lost",
  firstMinute: "less than a minute so far",
  session: (client: string) => `Session of ${client}`,
  notKept: "From the history. Deleted when it gets too old or the size limit is reached.",
  unread: (ranges: string) =>
    `Missing here because it could not be read: ${ranges}. It was recorded, but its file is damaged or the disk is failing.`,
  unreadLists: (count: number) =>
    count === 1
      ? "The sessions from one run of the host are missing: their list could not be read."
      : `The sessions from ${count} runs of the host are missing: their lists could not be read.`,
  keepShown: "Keep this session",
  keepShownRange: "Keep this range",
  parts: "Parts of this session",
  empty: "The history has no samples in this range.",
  origins: {
    label: "Origin",
    all: "All captures",
    kept: "Kept",
    armed: "Manual",
    automatic: "Automatic",
    imported: "Imported",
  },
  kept: "kept",
  keptHint: "Kept afterwards from the history.",
  automatic: "automatic",
  imported: "imported",
  importedHint: "Recorded by another tool and imported from its file.",
  otherTool: "other tool",
  reasons: reasonsEnglish,
  keptNow: (seconds: string) => `The last ${seconds} s were saved.`,
  close: "Close",
  keys: {
    title: "Keyboard shortcuts",
    keep: "Keep the last 30 s as a capture",
    mark: "Add a marker to the running capture",
    figures: "Show or hide a stream’s figures",
    arrows: "In a chart: move from point to point",
    enter: "In a chart: show details of that moment",
    late: "On a frame’s page: previous or next late frame",
    step: "On a frame’s page: previous or next frame",
    help: "Show this list",
    key: "Key",
    does: "Action",
  },
};

export const historyGerman: typeof historyEnglish = {
  title: "Sitzungen der letzten Tage",
  intro:
    "Auch ohne Aufzeichnung mitgeschrieben. Zieh über eine Sitzung, um einen Teil davon dauerhaft zu behalten.",
  none: "Noch keine Sitzungen. Hier erscheint jede Sitzung, auch ohne Aufzeichnung.",
  off: "Der Verlauf ist aus. Zum Einschalten setz auf der Seite „Sitzungen“ seine Tage und Megabyte.",
  stopped: (disk) => `Zurzeit wird nichts aufgezeichnet. ${disk}. Der Host versucht es weiter.`,
  more: (shown, all) => `Alle ${all} Sitzungen anzeigen (${shown} sichtbar)`,
  running: "läuft",
  open: "Öffnen",
  atTime: "Was geschah um",
  show: "Zeigen",
  nothingAt: (time) => `Um ${time} wurde nichts gestreamt.`,
  keepAll: "Alles behalten",
  keepRange: (from, to) => `${from} bis ${to} behalten`,
  keepLast: "Behalte die letzten",
  minutes: "min",
  minutesLabel: "Minuten, die behalten werden",
  spark: (client) =>
    `Langsamstes Bild jeder Minute, ${client}. Pfeiltasten wählen eine Minute, Umschalt und Pfeiltasten erweitern die Auswahl, Esc hebt sie auf.`,
  slowest: (time) => `langsamstes Bild ${time}`,
  missed: (count, isOne) => `${count} ${isOne ? "Bild" : "Bilder"} ausgelassen`,
  dropped: (count) => `${count} vom Host verworfen`,
  lost: (count, isOne) => `${count} ${isOne ? "Bild" : "Bilder"} verloren`,
  clean: "kein Bild ausgelassen, verworfen oder verloren",
  firstMinute: "bisher unter einer Minute",
  session: (client) => `Sitzung von ${client}`,
  notKept:
    "Aus dem Verlauf. Wird gelöscht, wenn sie zu alt wird oder die Speichergrenze erreicht ist.",
  unread: (ranges) =>
    `Fehlt hier, weil es sich nicht lesen ließ: ${ranges}. Es wurde aufgezeichnet, aber die Datei ist beschädigt oder der Datenträger fehlerhaft.`,
  unreadLists: (count) =>
    count === 1
      ? "Die Sitzungen aus einem Lauf des Hosts fehlen: Ihre Liste ließ sich nicht lesen."
      : `Die Sitzungen aus ${count} Läufen des Hosts fehlen: Ihre Listen ließen sich nicht lesen.`,
  keepShown: "Diese Sitzung behalten",
  keepShownRange: "Diesen Bereich behalten",
  parts: "Abschnitte dieser Sitzung",
  empty: "Für diesen Bereich enthält der Verlauf keine Messwerte.",
  origins: {
    label: "Herkunft",
    all: "Alle Aufzeichnungen",
    kept: "Behaltene",
    armed: "Manuelle",
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
    mark: "Eine Markierung in der laufenden Aufzeichnung setzen",
    figures: "Werte eines Streams anzeigen oder ausblenden",
    arrows: "Im Diagramm: von Punkt zu Punkt gehen",
    enter: "Im Diagramm: Einzelheiten zu diesem Moment zeigen",
    late: "Auf der Seite eines Bildes: voriges oder nächstes verspätetes Bild",
    step: "Auf der Seite eines Bildes: voriges oder nächstes Bild",
    help: "Diese Liste anzeigen",
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
