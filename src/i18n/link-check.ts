/** What the console says of the link to a browser, in both languages. */
import { type LinkAdviceTexts, linkAdviceEnglish } from "../model/link-check.ts";
import type { Language } from "./language.ts";

export const linkCheckEnglish = {
  title: "What does the link to this browser carry?",
  about:
    "The host sends random data at 4, 12, 36 and 100 Mbit/s for two seconds each, until one does not come through, then once more at half of what did. While somebody plays, the check takes some of their link.",
  run: "Measure this link",
  asking: "Asking for {mbps} Mbit/s …",
  failed: "The link could not be measured: the host refused, or the connection broke.",
  carries: "Carries",
  atLeast: (bitrate: string) => `at least ${bitrate}`,
  jitter: "Jitter at half of that",
  rtt: "Round trip at half of that",
  loss: "Loss",
  noLoss: "not measured: what is lost on the way to a browser is sent again and arrives late",
};

export const linkCheckGerman: typeof linkCheckEnglish = {
  title: "Was trägt die Leitung zu diesem Browser?",
  about:
    "Der Host schickt je zwei Sekunden lang Zufallsdaten mit 4, 12, 36 und 100 Mbit/s, bis eine Stufe nicht durchkommt, dann noch einmal die Hälfte von dem, was durchkam. Wer gerade spielt, teilt seine Leitung so lange mit der Messung.",
  run: "Leitung messen",
  asking: "Messe mit {mbps} Mbit/s …",
  failed: "Die Leitung ließ sich nicht messen: Der Host lehnte ab, oder die Verbindung brach ab.",
  carries: "Trägt",
  atLeast: (bitrate) => `mindestens ${bitrate}`,
  jitter: "Jitter bei der Hälfte",
  rtt: "Umlaufzeit bei der Hälfte",
  loss: "Verlust",
  noLoss:
    "nicht gemessen: Was auf dem Weg zum Browser verloren geht, wird noch einmal geschickt und kommt spät",
};

const linkAdviceGerman: LinkAdviceTexts = {
  set_bitrate: ({ mbps, size, fps }, number) =>
    `Stelle die Bitrate auf ${number(mbps)} Mbit/s; das reicht für ${size} mit ${fps} Bildern pro Sekunde`,
  set_parity: ({ percent }) =>
    `Stelle die Fehlerkorrektur auf mindestens ${percent} %: Pakete gehen verloren, obwohl die Leitung halb leer ist`,
  frames_uneven: () =>
    "Bilder kommen ungleichmäßig: Der Host ist ausgelastet (dort „onglass doctor“ starten) oder eine Funkverbindung (Kabel oder das 5-GHz-Band nehmen)",
  way_long: () => "Der Weg ist lang: Was du drückst, zeigt sich spät, was auch eingestellt ist",
};

/** The sentences of advice, by language. */
export const linkAdviceTexts: Readonly<Record<Language, LinkAdviceTexts>> = {
  en: linkAdviceEnglish,
  de: linkAdviceGerman,
};
