/** The stops of the main navigation, in order: a new page is one more line here. */
export const stops = [
  { href: "/", name: "performance", paths: ["/", "/recordings", "/capture", "/compare"] },
  { href: "/sessions", name: "sessions", paths: ["/sessions", "/players", "/pairing"] },
  { href: "/timeline", name: "timeline", paths: ["/timeline"] },
  { href: "/api/docs", name: "api", paths: [] },
] as const;
