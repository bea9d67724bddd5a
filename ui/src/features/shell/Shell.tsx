/** The frame of all pages: rail (a bar at the bottom on phones), notices, and the keys that hold everywhere. */
import { useQuery } from "@tanstack/react-query"
import { Outlet, useRouter, useRouterState } from "@tanstack/react-router"
import {
  Activity,
  CircleHelp,
  LayoutDashboard,
  MessagesSquare,
  Monitor,
  Moon,
  PanelLeftClose,
  PanelLeftOpen,
  Plug,
  Search,
  Sun,
  Users,
  type LucideIcon,
} from "lucide-react"
import { lazy, Suspense, useEffect, useState } from "react"
import { meQuery } from "../../api/queries"
import { paths } from "../../paths"
import { modifierName, useKeys } from "../../state/keys"
import { setTheme, themes, useTheme, type Theme } from "../../state/theme"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { Boundary } from "../../components/States"
import { AwayBar } from "./OfflineBar"

const loadOverlays = () => import("./Overlays")
const Overlays = lazy(loadOverlays)
// Fetching ahead may fail; then it is fetched when it is needed.
const warmOverlays = (): void => void loadOverlays().catch(() => undefined)

const entries: { href: string; label: string; Icon: LucideIcon; keys: string }[] = [
  { href: paths.overview, label: "Overview", Icon: LayoutDashboard, keys: "g o" },
  { href: paths.users, label: "Users", Icon: Users, keys: "g u" },
  { href: paths.sessions, label: "Sessions", Icon: MessagesSquare, keys: "g s" },
  { href: paths.traces, label: "Traces", Icon: Activity, keys: "g t" },
  { href: paths.start, label: "Connect", Icon: Plug, keys: "g c" },
]

const themeSigns: Record<Theme, LucideIcon> = { system: Monitor, light: Sun, dark: Moon }

export type Overlay = "palette" | "help" | null

export function Shell() {
  const router = useRouter()
  const path = useRouterState({ select: (state) => state.matches.at(-1)?.pathname ?? "/" })
  const theme = useTheme()
  const [overlay, setOverlay] = useState<Overlay>(null)
  const [folded, setFolded] = useFolded()
  const [opened, setOpened] = useState(false)
  if (overlay && !opened) setOpened(true)

  useEffect(() => {
    // What a key may open next is fetched while nothing else happens.
    const timer = setTimeout(warmOverlays, 1_500)
    return () => clearTimeout(timer)
  }, [])
  useKeys([
    ...entries.map(({ href, label, keys }) => ({
      keys,
      label: `Go to ${label}`,
      group: "Everywhere",
      run: () => router.history.push(href),
    })),
    { keys: "mod+k", label: "Search everything", group: "Everywhere", run: () => setOverlay("palette") },
    { keys: "/", label: "Search everything", group: "Everywhere", run: () => setOverlay("palette") },
    { keys: "?", label: "Keys of this page", group: "Everywhere", run: () => setOverlay("help") },
    { keys: "[", label: "Fold the rail", group: "Everywhere", run: () => setFolded(!folded) },
    {
      keys: "y",
      label: "Copy the link to this view",
      group: "Everywhere",
      run: () => void navigator.clipboard.writeText(location.href),
    },
  ])
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length]!
  const ThemeSign = themeSigns[theme]

  return (
    <div className="flex h-dvh flex-col-reverse sm:flex-row">
      <a
        href="#page"
        className="sr-only z-50 rounded-control bg-accent px-3 py-1 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to the page
      </a>
      <nav
        aria-label="Pages"
        className={join(
          "flex shrink-0 border-hairline bg-raised max-sm:border-t max-sm:pb-[env(safe-area-inset-bottom)] sm:flex-col sm:border-r sm:p-2",
          folded ? "sm:w-12" : "sm:w-12 lg:w-52",
        )}
      >
        <Project folded={folded} />
        <button
          type="button"
          title={`Search (${modifierName()} K)`}
          className={join(
            entryLook,
            "max-sm:order-last sm:mb-2",
            !folded && "lg:border lg:border-hairline lg:bg-background",
          )}
          onPointerEnter={warmOverlays}
          onClick={() => setOverlay("palette")}
        >
          <Search size={16} aria-hidden className="shrink-0" />
          <span className={join(labelLook, folded && "sm:hidden")}>Search</span>
          <kbd className={join("ml-auto hidden font-sans text-label text-faint", !folded && "lg:inline")}>
            {modifierName()} K
          </kbd>
        </button>
        {entries.map(({ href, label, Icon }) => {
          const here = path === href || (href !== paths.overview && path.startsWith(`${href}/`))
          return (
            <Link
              key={href}
              href={href}
              title={label}
              aria-current={here ? "page" : undefined}
              className={join(
                entryLook,
                here && "bg-selected font-medium text-text",
                href === paths.start && "sm:mt-auto",
              )}
            >
              <Icon size={16} aria-hidden className={join("shrink-0", here && "text-accent")} />
              <span className={join(labelLook, folded && "sm:hidden")}>{label}</span>
            </Link>
          )
        })}
        <button
          type="button"
          className={join(entryLook, "max-sm:hidden")}
          onClick={() => setTheme(nextTheme)}
          title={`Theme: ${theme}, next ${nextTheme}`}
        >
          <ThemeSign size={16} aria-hidden className="shrink-0" />
          <span className={join(labelLook, folded && "sm:hidden")}>Theme: {theme}</span>
        </button>
        <button
          type="button"
          className={join(entryLook, "max-sm:hidden")}
          onClick={() => setOverlay("help")}
          title="Keys of this page (?)"
        >
          <CircleHelp size={16} aria-hidden className="shrink-0" />
          <span className={join(labelLook, folded && "sm:hidden")}>Keys</span>
        </button>
        <button
          type="button"
          className={join(entryLook, "hidden lg:flex")}
          onClick={() => setFolded(!folded)}
          title="Fold the rail ([)"
          aria-expanded={!folded}
        >
          {folded ? (
            <PanelLeftOpen size={16} aria-hidden className="shrink-0" />
          ) : (
            <PanelLeftClose size={16} aria-hidden className="shrink-0" />
          )}
          <span className={join(labelLook, folded && "sm:hidden")}>Fold</span>
        </button>
      </nav>
      <main id="page" className="flex min-h-0 min-w-0 flex-1 flex-col">
        <AwayBar />
        <UnknownParameters />
        <Boundary key={path} what="page">
          <Outlet />
        </Boundary>
      </main>
      {opened && (
        <Boundary what="search">
          <Suspense>
            <Overlays open={overlay} onChange={setOverlay} />
          </Suspense>
        </Boundary>
      )}
    </div>
  )
}

const entryLook =
  "flex items-center gap-2 rounded-control text-secondary hover:bg-hover hover:text-text max-sm:min-h-12 max-sm:flex-1 max-sm:flex-col max-sm:justify-center max-sm:gap-0 sm:h-8 sm:px-2"
const labelLook = "max-sm:text-label sm:sr-only lg:not-sr-only"

function Project({ folded }: { folded: boolean }) {
  const me = useQuery(meQuery)
  return (
    <Link
      href={paths.overview}
      className="flex items-center gap-2 rounded-control px-1.5 py-1 max-sm:hidden sm:mb-2"
      title="Baserun"
    >
      <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden className="shrink-0">
        <rect width="16" height="16" rx="4" fill="var(--accent)" />
        <path d="M4 4.5h5M4 8h8M6 11.5h4" stroke="var(--on-accent)" strokeWidth="1.6" strokeLinecap="round" />
      </svg>
      <span className={join("min-w-0 sm:sr-only lg:not-sr-only", folded && "sm:hidden")}>
        <span className="block truncate font-semibold">Baserun</span>
        {me.data && me.data.project !== "default" && (
          <span className="block truncate text-label text-faint">{me.data.project}</span>
        )}
      </span>
    </Link>
  )
}

function useFolded(): [boolean, (folded: boolean) => void] {
  const [folded, setFolded] = useState(() => {
    try {
      return localStorage.getItem("baserun.rail") === "folded"
    } catch {
      return false
    }
  })
  return [
    folded,
    (next) => {
      setFolded(next)
      try {
        localStorage.setItem("baserun.rail", next ? "folded" : "open")
      } catch {
        // Without storage it holds until the page is left.
      }
    },
  ]
}

/** Names what an address asked for and no page understands. */
function UnknownParameters() {
  const [names, setNames] = useState(() =>
    [...new URLSearchParams(firstSearch).keys()].filter((name) => !known.has(name)),
  )
  if (names.length === 0) return null
  return (
    <p
      role="status"
      className="flex items-center gap-3 border-b border-hairline bg-warning-tint px-4 py-1 text-small text-warning"
    >
      <span className="min-w-0 flex-1 truncate">
        Ignored in the address: <code>{names.join(", ")}</code>
      </span>
      <button type="button" className="underline" onClick={() => setNames([])}>
        Dismiss
      </button>
    </p>
  )
}

const firstSearch = window.location.search
const known = new Set([
  "q",
  "filter",
  "from",
  "to",
  "sort",
  "columns",
  "density",
  "tab",
  "turn",
  "show",
  "details",
  "span",
  "find",
  "pill",
  "alone",
  "zoom",
  "user",
  "session",
])
