/**
 * Where pictures come from, read once from its name. A kind of source is one variant and one row
 * here, and one file that opens it (`src/video/sources/`): anything missing does not compile.
 */
export type SourceName =
  /** The first of this desktop that works. */
  | { readonly kind: "auto" }
  | { readonly kind: "testsrc" }
  | { readonly kind: "x11"; readonly display: string }
  /** A compositor's socket by name or path, and after a slash an output; both are optional. */
  | { readonly kind: "wayland"; readonly place: string }
  /** A node of PipeWire by its serial number or its name. */
  | { readonly kind: "pipewire"; readonly object: string }
  /** A monitor of GNOME by its connector; the first when empty. */
  | { readonly kind: "gnome"; readonly connector: string }
  /** An output of KDE by its name; the first when empty. */
  | { readonly kind: "kde"; readonly output: string }
  /** A graphics card, whatever draws on it; the first when empty. */
  | { readonly kind: "kms"; readonly card: string }
  /** A screen chosen by the person at the desktop. */
  | {
      readonly kind: "portal";
      /** Also if the portal asks every time. */
      readonly isInputWanted: boolean;
    }
  /** A desktop for the player, and the command that is run in it. */
  | { readonly kind: "session"; readonly command: string }
  /** An additional screen of the running desktop, of the size of the stream. */
  | { readonly kind: "virtual" }
  | { readonly kind: "file"; readonly path: string }
  /** Six hex digits in lower case. */
  | { readonly kind: "color"; readonly rgb: string };

type SourceKind = SourceName["kind"];

type Grammar<Kind extends SourceKind> = {
  /** For help and messages. */
  readonly form: string;
  /** The pattern of the whole name; its first group, if any, is passed to `read`. */
  readonly pattern: string;
  read(rest: string): Extract<SourceName, { kind: Kind }>;
  /** In a player's list of apps. */
  title(source: Extract<SourceName, { kind: Kind }>): string;
  readonly takesInput: boolean;
  /** Its pictures are made in the size of the stream: nothing is scaled. */
  readonly hasAnySize?: true;
  /** It runs a program: the host's own settings may name it, a request may not. */
  readonly isForSettings?: boolean;
};

const grammar: { readonly [Kind in SourceKind]: Grammar<Kind> } = {
  testsrc: {
    form: "testsrc",
    pattern: "testsrc",
    read: () => ({ kind: "testsrc" }),
    title: () => "Test picture",
    takesInput: false,
    hasAnySize: true,
  },
  auto: {
    form: "auto",
    pattern: "auto",
    read: () => ({ kind: "auto" }),
    title: () => "Desktop",
    takesInput: true,
  },
  x11: {
    form: "x11:<display>",
    pattern: "x11:(.+)",
    read: (display) => ({ kind: "x11", display }),
    title: ({ display }) => `Desktop ${display}`,
    takesInput: true,
  },
  wayland: {
    form: "wayland:[display][/output]",
    pattern: "wayland:(.*)",
    read: (place) => ({ kind: "wayland", place }),
    title: ({ place }) => `Desktop ${place}`.trimEnd(),
    takesInput: true,
  },
  pipewire: {
    form: "pipewire:<node>",
    pattern: "pipewire:(.+)",
    read: (object) => ({ kind: "pipewire", object }),
    title: ({ object }) => object,
    takesInput: false,
  },
  gnome: {
    form: "gnome:[connector]",
    pattern: "gnome:([A-Za-z0-9_.-]{0,64})",
    read: (connector) => ({ kind: "gnome", connector }),
    title: ({ connector }) => `Desktop ${connector}`.trimEnd(),
    takesInput: true,
  },
  kde: {
    form: "kde:[output]",
    pattern: "kde:([A-Za-z0-9_.-]{0,64})",
    read: (output) => ({ kind: "kde", output }),
    title: ({ output }) => `Desktop ${output}`.trimEnd(),
    takesInput: true,
  },
  kms: {
    form: "kms:[card]",
    pattern: "kms:(|card[0-9]{1,2})",
    read: (card) => ({ kind: "kms", card }),
    title: ({ card }) => `Screen ${card}`.trimEnd(),
    takesInput: true,
  },
  portal: {
    form: "portal:[input]",
    pattern: "portal:(|input)",
    read: (rest) => ({ kind: "portal", isInputWanted: rest === "input" }),
    title: () => "Desktop",
    takesInput: true,
  },
  session: {
    form: "session:[command]",
    pattern: "session:([^\\u0000-\\u001f\\u007f]{0,400})",
    read: (command) => ({ kind: "session", command: command.trim() }),
    title: ({ command }) => command.split(" ", 1)[0]?.split("/").at(-1) || "Desktop",
    takesInput: true,
    hasAnySize: true,
    isForSettings: true,
  },
  virtual: {
    form: "virtual:",
    pattern: "virtual:",
    read: () => ({ kind: "virtual" }),
    title: () => "Own screen",
    takesInput: true,
    hasAnySize: true,
  },
  file: {
    form: "file:<path>",
    pattern: "file:(.+)",
    read: (path) => ({ kind: "file", path }),
    title: ({ path }) => path.slice(path.lastIndexOf("/") + 1) || `file:${path}`,
    takesInput: false,
  },
  color: {
    form: "color:<rrggbb>",
    pattern: "color:([0-9a-fA-F]{6})",
    read: (rgb) => ({ kind: "color", rgb: rgb.toLowerCase() }),
    title: ({ rgb }) => `Color #${rgb}`,
    takesInput: false,
    hasAnySize: true,
  },
};

const rows = Object.values(grammar);
const requested = rows.filter((row) => !("isForSettings" in row && row.isForSettings));

/** A whole name that a request may contain, for schemas. */
export const sourcePattern = `^(${requested.map(({ pattern }) => pattern.replaceAll("(", "(?:")).join("|")})$`;
/** `testsrc, x11:<display>, … or color:<rrggbb>`. */
export const sourceForms = listed(rows.map(({ form }) => form));
/** Each form separately. */
export const sourceFormList: readonly string[] = rows.map(({ form }) => form);
/** Those that a request may name, separately, for a list in another language. */
export const requestedFormList: readonly string[] = requested.map(({ form }) => form);

/** The sources that a request may name: all forms except those that run a program. */
export const requestedForms = listed(requestedFormList);

/** Whether a request may name it; false for anything that is not the name of a source. */
export function isRequestable(name: string): boolean {
  const source = readSourceName(name);
  return source !== undefined && rowOf(source).isForSettings !== true;
}

/** `undefined` for anything that is not the name of a source. */
export function readSourceName(name: string): SourceName | undefined {
  for (const { pattern, read } of rows) {
    const found = new RegExp(`^${pattern}$`, "su").exec(name);
    if (found !== null) return read(found[1] ?? "");
  }
  return undefined;
}

/** A player's title for the source in its list of apps; the name itself if there is none. */
export function sourceTitle(name: string): string {
  const source = readSourceName(name);
  return source === undefined ? name : rowOf(source).title(source);
}

/** Whether a player's keyboard and mouse have any effect. */
export function takesInput(name: string): boolean {
  const source = readSourceName(name);
  return source !== undefined && rowOf(source).takesInput;
}

/** Whether its pictures are made in the size of the stream, so that they may follow a window. */
export function hasAnySize(name: string): boolean {
  const source = readSourceName(name);
  return source !== undefined && rowOf(source).hasAnySize === true;
}

function rowOf<Kind extends SourceKind>(source: Extract<SourceName, { kind: Kind }>) {
  // The row under a source's own kind.
  return grammar[source.kind] as unknown as Grammar<Kind>;
}

function listed(forms: readonly string[]): string {
  return `${forms.slice(0, -1).join(", ")} or ${forms.at(-1)}`;
}
