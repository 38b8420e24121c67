/** What the charts say about events, and what the console says about one moment of a capture. */

/** Words that the charts need in the browser. */
export const chartEventsEnglish = {
  events: "events",
  offScale: "peak",
  keys: "The arrow keys go from point to point.",
  keysOpen: "The arrow keys go from point to point, Enter shows what happened then.",
};

export const momentEnglish = {
  events: "Events",
  shown: "Which events are marked",
  hint: "Drag to zoom, click to see what happened then.",
  worst: "Worst moment",
  worstAt: (time: string, total: string) => `${time} (total p99 ${total})`,
  title: (time: string) => `How things stood at ${time}`,
  against: "against one second earlier",
  same: "Nothing was different one second earlier.",
  none: "No checkpoint was taken before this moment.",
  from: (label: string, time: string) => `As of the checkpoint “${label}” at ${time}.`,
};

export const chartEventsGerman: typeof chartEventsEnglish = {
  events: "Ereignisse",
  offScale: "Spitze",
  keys: "Die Pfeiltasten gehen von Punkt zu Punkt.",
  keysOpen: "Die Pfeiltasten gehen von Punkt zu Punkt, Enter zeigt, was dann geschah.",
};

export const momentGerman: typeof momentEnglish = {
  events: "Ereignisse",
  shown: "Welche Ereignisse markiert sind",
  hint: "Ziehen vergrößert, ein Klick zeigt, was dann geschah.",
  worst: "Schlimmster Augenblick",
  worstAt: (time, total) => `${time} (gesamt p99 ${total})`,
  title: (time) => `Der Stand bei ${time}`,
  against: "gegen eine Sekunde davor",
  same: "Eine Sekunde davor war nichts anders.",
  none: "Vor diesem Augenblick wurde kein Zustand festgehalten.",
  from: (label, time) => `Nach dem Zustand „${label}“ bei ${time}.`,
};
