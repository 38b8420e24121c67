/** The words of the table of figures, and of the same table for two captures. */
export const figuresEnglish = {
  title: "Figures",
  what: "Metric",
  unit: "Unit",
  min: "min",
  p50: "p50",
  p99: "p99",
  max: "max",
  sum: "sum",
  total: "total",
  note: "Stages and total: min and p50 are the lowest and the typical median of a window, p99 is that of the worst window, max is the slowest single frame. Other rows: over the values of all windows.",
  windows: (count: string) => `${count} windows`,
  notMeasured: "not measured",
  lowerBound: "Lower bound",
  few: "Fewer than 368 frames: too few for a reliable p99",
  none: "No samples in this range.",
  difference: "difference",
  clicks: {
    title: "From a click to its picture",
    count: (count: string) =>
      `${count} measured clicks; percentiles over single clicks, and medians of the parts.`,
    parts: {
      to_host_us: "to the host",
      to_capture_us: "until capture",
      to_encoded_us: "capture and encoding",
      to_shown_us: "until displayed",
    },
    bars: "Distribution of click to picture",
    scale: (step: string) => `One bar for every ${step}; the last one has all that took longer.`,
  },
};

export const figuresGerman: typeof figuresEnglish = {
  title: "Zahlen",
  what: "Messgröße",
  unit: "Einheit",
  min: "min",
  p50: "p50",
  p99: "p99",
  max: "max",
  sum: "Summe",
  total: "gesamt",
  note: "Stufen und gesamt: min und p50 sind der kleinste und der typische Median eines Fensters, p99 ist das des schlechtesten Fensters, max das langsamste einzelne Bild. Andere Zeilen: über die Werte aller Fenster.",
  windows: (count) => `${count} Fenster`,
  notMeasured: "nicht gemessen",
  lowerBound: "Untergrenze",
  few: "Weniger als 368 Bilder: zu wenige für ein verlässliches p99",
  none: "Keine Messwerte in diesem Bereich.",
  difference: "Unterschied",
  clicks: {
    title: "Vom Klick bis zu seinem Bild",
    count: (count) =>
      `${count} gemessene Klicks; Perzentile über einzelne Klicks, bei den Teilen der Median.`,
    parts: {
      to_host_us: "bis zum Host",
      to_capture_us: "bis zum Erfassen",
      to_encoded_us: "Erfassen und Kodieren",
      to_shown_us: "bis zur Anzeige",
    },
    bars: "Verteilung von Klick bis Bild",
    scale: (step) => `Ein Balken je ${step}; der letzte zeigt alles, was länger dauerte.`,
  },
};
