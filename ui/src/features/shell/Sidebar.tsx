import { useQuery } from "@tanstack/react-query"
import { CircleHelp, Monitor, Moon, PanelLeftClose, PanelLeftOpen, Search, Sun, type LucideIcon } from "lucide-react"
import { meQuery } from "../../api/queries"
import { join } from "../../components/classes"
import { Link } from "../../components/Link"
import { paths } from "../../paths"
import { modifierName } from "../../state/shortcuts"
import { setTheme, themes, useTheme, type Theme } from "../../state/theme"
import { destinations } from "./destinations"

const themeIcons: Record<Theme, LucideIcon> = { system: Monitor, light: Sun, dark: Moon }

type SidebarProps = {
  path: string
  collapsed: boolean
  onCollapse: (collapsed: boolean) => void
  onSearch: () => void
  onSearchHover: () => void
  onHelp: () => void
}

export function Sidebar({ path, collapsed, onCollapse, onSearch, onSearchHover, onHelp }: SidebarProps) {
  const theme = useTheme()
  const ThemeIcon = themeIcons[theme]
  const nextTheme = themes[(themes.indexOf(theme) + 1) % themes.length]!
  const label = join("max-sm:text-label sm:sr-only lg:not-sr-only", collapsed && "sm:hidden")
  const shortcut = `${modifierName()} K`
  return (
    <nav
      aria-label="Pages"
      className={join(
        "flex shrink-0 border-hairline bg-raised max-sm:border-t max-sm:pb-[env(safe-area-inset-bottom)]",
        "sm:w-12 sm:flex-col sm:border-r sm:p-2",
        !collapsed && "lg:w-52",
      )}
    >
      <Project collapsed={collapsed} />
      <button
        type="button"
        title={`Search (${shortcut})`}
        className={join(
          entry,
          "max-sm:order-last sm:mb-2",
          !collapsed && "lg:border lg:border-hairline lg:bg-background",
        )}
        onPointerEnter={onSearchHover}
        onClick={onSearch}
      >
        <Search {...icon} />
        <span className={label}>Search</span>
        <kbd className={join("ml-auto hidden font-sans text-label text-faint", !collapsed && "lg:inline")}>
          {shortcut}
        </kbd>
      </button>
      {destinations.map((destination) => {
        const { href, Icon } = destination
        const isHere = path === href || (href !== paths.overview && path.startsWith(`${href}/`))
        return (
          <Link
            key={href}
            href={href}
            title={destination.label}
            aria-current={isHere ? "page" : undefined}
            className={join(
              entry,
              isHere && "bg-selected font-medium text-text",
              href === paths.connect && "sm:mt-auto",
            )}
          >
            <Icon {...icon} className={join("shrink-0", isHere && "text-accent")} />
            <span className={label}>{destination.label}</span>
          </Link>
        )
      })}
      <button
        type="button"
        className={join(entry, "max-sm:hidden")}
        onClick={() => setTheme(nextTheme)}
        title={`Theme: ${theme}. Switch to ${nextTheme}`}
      >
        <ThemeIcon {...icon} />
        <span className={label}>Theme: {theme}</span>
      </button>
      <button type="button" className={join(entry, "max-sm:hidden")} onClick={onHelp} title="Keyboard shortcuts (?)">
        <CircleHelp {...icon} />
        <span className={label}>Shortcuts</span>
      </button>
      <button
        type="button"
        className={join(entry, "hidden lg:flex")}
        onClick={() => onCollapse(!collapsed)}
        title={collapsed ? "Expand the sidebar ([)" : "Collapse the sidebar ([)"}
        aria-expanded={!collapsed}
      >
        {collapsed ? <PanelLeftOpen {...icon} /> : <PanelLeftClose {...icon} />}
        <span className={label}>Collapse</span>
      </button>
    </nav>
  )
}

const entry = join(
  "flex items-center gap-2 rounded-control text-secondary hover:bg-hover hover:text-text sm:h-8 sm:px-2",
  "max-sm:min-h-12 max-sm:flex-1 max-sm:flex-col max-sm:justify-center max-sm:gap-0",
)

const icon = { size: 16, "aria-hidden": true, className: "shrink-0" } as const

/** The logo, with the name of the project unless it is the default one. */
function Project({ collapsed }: { collapsed: boolean }) {
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
      <span className={join("min-w-0 sm:sr-only lg:not-sr-only", collapsed && "sm:hidden")}>
        <span className="block truncate font-semibold">Baserun</span>
        {me.data && me.data.project !== "default" && (
          <span className="block truncate text-label text-faint">{me.data.project}</span>
        )}
      </span>
    </Link>
  )
}
