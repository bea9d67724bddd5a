/** The frame of all pages: the sidebar (a bar at the bottom on phones), notices, and the global shortcuts. */
import { Outlet, useRouter, useRouterState } from "@tanstack/react-router"
import { lazy, Suspense, useEffect, useState } from "react"
import { join } from "../../components/classes"
import { Boundary } from "../../components/States"
import { useShortcuts } from "../../state/shortcuts"
import { readStored, store } from "../../state/storage"
import { destinations } from "./destinations"
import { OfflineBar } from "./OfflineBar"
import type { Overlay } from "./Overlays"
import { Sidebar } from "./Sidebar"
import { UnknownParameters } from "./UnknownParameters"

const loadOverlays = () => import("./Overlays")
const Overlays = lazy(loadOverlays)
// If loading ahead fails, the overlays load when they are opened.
const preloadOverlays = (): void => void loadOverlays().catch(() => undefined)

export function Shell() {
  const router = useRouter()
  // An unknown address matches only the root, whose path would be that of the overview.
  const path = useRouterState({
    select: ({ matches, location }) => (matches.length > 1 ? matches.at(-1)!.pathname : location.pathname),
  })
  const [overlay, setOverlay] = useState<Overlay>(null)
  const [collapsed, setCollapsed] = useCollapsed()
  const [everOpened, setEverOpened] = useState(false)
  if (overlay && !everOpened) setEverOpened(true)

  useEffect(() => {
    // Load while idle what a key may open next.
    const timer = setTimeout(preloadOverlays, 1_500)
    return () => clearTimeout(timer)
  }, [])
  const group = "Global"
  const search = (): void => setOverlay("palette")
  const copyLink = (): void => void navigator.clipboard.writeText(location.href)
  useShortcuts([
    ...destinations.map(({ href, label, keys }) => ({
      keys,
      label: `Go to ${label}`,
      group,
      run: () => router.history.push(href),
    })),
    { keys: "mod+k", label: "Search everything", group, run: search },
    { keys: "/", label: "Search everything", group, run: search },
    { keys: "?", label: "Keyboard shortcuts", group, run: () => setOverlay("help") },
    { keys: "[", label: "Collapse the sidebar", group, run: () => setCollapsed(!collapsed) },
    { keys: "y", label: "Copy link to this view", group, run: copyLink },
  ])
  return (
    <div className="flex h-dvh flex-col-reverse sm:flex-row">
      <a href="#page" className={skipLink}>
        Skip to content
      </a>
      <Sidebar
        path={path}
        collapsed={collapsed}
        onCollapse={setCollapsed}
        onSearch={search}
        onSearchHover={preloadOverlays}
        onHelp={() => setOverlay("help")}
      />
      <main id="page" className="flex min-h-0 min-w-0 flex-1 flex-col">
        <OfflineBar />
        <UnknownParameters />
        <Boundary key={path} what="page">
          <Outlet />
        </Boundary>
      </main>
      {everOpened && (
        <Boundary what="search">
          <Suspense>
            <Overlays open={overlay} onChange={setOverlay} />
          </Suspense>
        </Boundary>
      )}
    </div>
  )
}

const skipLink = join(
  "sr-only z-50 rounded-control bg-accent px-3 py-1 text-on-accent",
  "focus:not-sr-only focus:absolute focus:top-2 focus:left-2",
)

function useCollapsed(): [boolean, (collapsed: boolean) => void] {
  const [collapsed, setCollapsed] = useState(() => readStored("rail") === "folded")
  const set = (next: boolean): void => {
    setCollapsed(next)
    store("rail", next ? "folded" : "open")
  }
  return [collapsed, set]
}
