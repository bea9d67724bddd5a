/** Every page, lazily loaded, in one list. */
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router"
import { Shell } from "./features/shell/Shell"
import { parseSearch, stringifySearch, type Search } from "./state/search"

const root = createRootRoute({
  component: Shell,
  notFoundComponent: lazyRouteComponent(() => import("./pages/NotFoundPage")),
  validateSearch: (search): Search => search as Search,
})

const page = <Path extends string>(path: Path, load: () => Promise<{ default: React.ComponentType }>) =>
  createRoute({ getParentRoute: () => root, path, component: lazyRouteComponent(load) })

const tree = root.addChildren([
  page("/", () => import("./pages/OverviewPage")),
  page("/users", () => import("./pages/UsersPage")),
  page("/users/$userId", () => import("./pages/UserPage")),
  page("/sessions", () => import("./pages/SessionsPage")),
  page("/sessions/$sessionId", () => import("./pages/SessionPage")),
  page("/traces", () => import("./pages/TracesPage")),
  page("/traces/$traceId", () => import("./pages/TracePage")),
  page("/start", () => import("./pages/ConnectPage")),
])

export const router = createRouter({ routeTree: tree, parseSearch, stringifySearch, defaultPreload: false })
