/** What the Watch and Counters pages say, in both languages. */
export const watchEnglish = {
  title: "Watch",
  intro: "Watch a stream of this host right here; nothing is installed.",
  source: "Source",
  hostSource: "The host’s own",
  size: "Size",
  fps: "Frames a second",
  codec: "Codec",
  bitrate: "Bitrate, kbit/s",
  start: "Watch",
  running: "Running now",
  viewers: (count: string) => `${count} watching`,
  open: "Watch",
  end: "End",
  back: "All streams",
  gone: "That stream has ended.",
  invalid: "These settings do not work: sides are even, from 16 to 4096.",
  latency: "Latency",
  shown: "Shown",
  rate: "Received",
  stalls: "Stalls",
  fullScreen: "Full screen",
  capture: "Start capture",
  insecure:
    "Over plain HTTP browsers decode no video, except on this machine itself. Start the host with --tls to watch from here.",
  picture: "The stream’s picture",
  connecting: "Connecting…",
};

export const watchGerman: typeof watchEnglish = {
  title: "Zuschauen",
  intro: "Schau einem Stream dieses Hosts gleich hier zu; installiert wird nichts.",
  source: "Quelle",
  hostSource: "Die des Hosts",
  size: "Größe",
  fps: "Bilder pro Sekunde",
  codec: "Codec",
  bitrate: "Bitrate, kbit/s",
  start: "Zuschauen",
  running: "Läuft gerade",
  viewers: (count: string) => `${count} schauen zu`,
  open: "Zuschauen",
  end: "Beenden",
  back: "Alle Streams",
  gone: "Dieser Stream ist zu Ende.",
  invalid: "Diese Einstellungen gehen nicht: Seiten sind gerade, von 16 bis 4096.",
  latency: "Latenz",
  shown: "Gezeigt",
  rate: "Empfangen",
  stalls: "Stockungen",
  fullScreen: "Vollbild",
  capture: "Aufzeichnung starten",
  insecure:
    "Über einfaches HTTP decodieren Browser kein Video, außer auf diesem Rechner selbst. Starte den Host mit --tls, um von hier zuzuschauen.",
  picture: "Das Bild des Streams",
  connecting: "Verbinden…",
};

/** What viewers in a browser report, in charts and figures. */
export const viewersEnglish = {
  clientFps: "shown to the slowest viewer",
  clientAgeP50: "age when shown, p50",
  clientAgeP99: "age when shown, p99",
  clientDropped: "frames not shown",
  clientStalls: "stalls",
};

export const viewersGerman: typeof viewersEnglish = {
  clientFps: "beim langsamsten Zuschauer gezeigt",
  clientAgeP50: "Alter beim Zeigen, p50",
  clientAgeP99: "Alter beim Zeigen, p99",
  clientDropped: "nicht gezeigte Bilder",
  clientStalls: "Stockungen",
};

export const countersEnglish = {
  title: "Counters",
  intro: "What left and entered, by path: each line is the sum of what is at or below it.",
  none: "Nothing has been counted yet.",
  off: "Counting is switched off.",
  level: "Path",
  everything: "everything",
  traffic: "Traffic",
  open: "Open",
  bytes: "Bytes",
  frames: "Frames",
  groups: "Groups",
  subscriptions: "Subscriptions",
  now: "Now",
  external: { publisher: "to players", subscriber: "from players" },
  internal: { publisher: "to hosts", subscriber: "from hosts" },
};

export const countersGerman: typeof countersEnglish = {
  title: "Zähler",
  intro:
    "Was ging und kam, nach Pfad: Jede Zeile ist die Summe dessen, was auf oder unter ihr liegt.",
  none: "Noch wurde nichts gezählt.",
  off: "Das Zählen ist abgeschaltet.",
  level: "Pfad",
  everything: "alles",
  traffic: "Verkehr",
  open: "Offen",
  bytes: "Bytes",
  frames: "Bilder",
  groups: "Gruppen",
  subscriptions: "Abonnements",
  now: "Jetzt",
  external: { publisher: "zu Spielern", subscriber: "von Spielern" },
  internal: { publisher: "zu Hosts", subscriber: "von Hosts" },
};
