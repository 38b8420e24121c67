/** What the charts say about events, and what the console says about one moment of a capture. */

/** Words that the charts need in the browser. */
export const chartEventsEnglish = {
  events: "events",
  offScale: "peak",
  keys: "Arrow keys move from point to point.",
  keysOpen: "Arrow keys move from point to point. Enter shows details.",
};

export const momentEnglish = {
  events: "Events",
  shown: "Show events",
  hint: "Drag to zoom. Click for details.",
  worst: "Worst moment",
  worstAt: (time: string, total: string) => `${time} (total p99 ${total})`,
  noFrames: (time: string) => `${time} (no frames)`,
  title: (time: string) => `State at ${time}`,
  against: "compared with 1 s before",
  same: "No setting changed in the second before.",
  none: "There is no checkpoint before this moment.",
  from: (label: string, time: string) => `From checkpoint “${label}” at ${time}.`,
};

export const chartEventsGerman: typeof chartEventsEnglish = {
  events: "Ereignisse",
  offScale: "Spitze",
  keys: "Mit den Pfeiltasten von Punkt zu Punkt.",
  keysOpen: "Mit den Pfeiltasten von Punkt zu Punkt. Enter zeigt Einzelheiten.",
};

export const momentGerman: typeof momentEnglish = {
  events: "Ereignisse",
  shown: "Ereignisse anzeigen",
  hint: "Ziehen zum Zoomen. Klick zeigt Einzelheiten.",
  worst: "Schlechtester Moment",
  worstAt: (time, total) => `${time} (Gesamtzeit, p99: ${total})`,
  noFrames: (time) => `${time} (keine Bilder)`,
  title: (time) => `Zustand bei ${time}`,
  against: "verglichen mit 1 s davor",
  same: "In der Sekunde davor hat sich keine Einstellung geändert.",
  none: "Vor diesem Moment gibt es keinen festgehaltenen Zustand.",
  from: (label, time) => `Aus dem Zustand „${label}“ bei ${time}.`,
};
