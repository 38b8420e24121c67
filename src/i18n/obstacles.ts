/** Why `auto` passed a source over and what it chose, in both languages; the English texts are the log's own. */
import { type ObstacleCode, obstacles } from "../base/obstacle.ts";

const obstaclesEnglish: Readonly<Record<ObstacleCode, string>> = obstacles;

const obstaclesGerman: typeof obstaclesEnglish = {
  no_compositor: "es läuft kein Wayland-Compositor",
  compositor_unreachable: "der Wayland-Compositor ist nicht erreichbar",
  capture_not_allowed: "der Compositor lässt kein Programm den Bildschirm erfassen",
  kde_not_allowed: "es ist nicht KWin, oder KWin erlaubt es nicht",
  no_session_bus: "es gibt keinen Sitzungsbus",
  gnome_absent: "GNOME läuft in dieser Sitzung nicht",
  portal_absent: "es ist kein Desktop-Portal installiert",
  portal_without_screens: "das Desktop-Portal bietet keine Bildschirme an",
  no_display: "DISPLAY ist nicht gesetzt",
  not_opened: "die Quelle lässt sich nicht öffnen",
};

export const sourceEnglish = {
  asking:
    "Waiting for your answer on this host’s desktop: it is asking whether its screen may be streamed.",
  chosen: (source: string) => `auto streams ${source}`,
  passedOver: "Why not another source:",
  obstacles: obstaclesEnglish,
};

export const sourceGerman: typeof sourceEnglish = {
  asking:
    "Wartet auf deine Antwort am Desktop dieses Hosts: Er fragt, ob sein Bildschirm gestreamt werden darf.",
  chosen: (source) => `auto streamt ${source}`,
  passedOver: "Warum keine andere Quelle:",
  obstacles: obstaclesGerman,
};
