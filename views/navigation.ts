/**
 * The entries of the main navigation, in order: a new page is one more line here. The fleet appears
 * if the settings name other hosts.
 */
export const stops = [
  {
    href: "/",
    name: "performance",
    paths: ["/", "/recordings", "/capture", "/compare", "/experiments", "/archive"],
  },
  { href: "/watch", name: "watch", paths: ["/watch"] },
  { href: "/sessions", name: "sessions", paths: ["/sessions", "/players", "/pairing"] },
  { href: "/timeline", name: "timeline", paths: ["/timeline"] },
  { href: "/fleet", name: "fleet", paths: ["/fleet"] },
  { href: "/counters", name: "counters", paths: ["/counters"] },
  { href: "/api/docs", name: "api", paths: ["/api/docs"] },
] as const;
