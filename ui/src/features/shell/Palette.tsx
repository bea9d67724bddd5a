import { useQuery } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { Command } from "cmdk"
import { Activity, Keyboard, MessagesSquare, Moon, Search, Timer, Users } from "lucide-react"
import { useEffect, useState } from "react"
import { searchQuery } from "../../api/queries"
import type { Found } from "../../api/types"
import { join } from "../../components/classes"
import { Visible } from "../../components/text/Visible"
import { Ago } from "../../components/Time"
import { recentPages } from "../../state/recent"
import { setTheme, themes } from "../../state/theme"
import { destinations } from "./destinations"

/** Finds users, sessions, traces and spans by id, name or words, and offers the pages and actions. */
export function Palette({ close, help }: { close: () => void; help: () => void }) {
  const router = useRouter()
  const [text, setText] = useState("")
  const [asked, setAsked] = useState("")
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text.trim()), 90)
    return () => clearTimeout(timer)
  }, [text])
  const found = useQuery({ ...searchQuery(asked), placeholderData: (before) => (asked === "" ? undefined : before) })
  const go = (href: string): void => {
    close()
    router.history.push(href)
  }
  const needle = text.trim().toLowerCase()
  const actions = [
    ...destinations.map(({ href, label, Icon }) => ({ label: `Go to ${label}`, Icon, run: () => go(href) })),
    { label: "Show keyboard shortcuts", Icon: Keyboard, run: help },
    ...themes.map((theme) => ({
      label: `Theme: ${theme}`,
      Icon: Moon,
      run: () => {
        setTheme(theme)
        close()
      },
    })),
  ].filter(({ label }) => needle === "" || label.toLowerCase().includes(needle))
  const recent = needle === "" ? recentPages() : []
  const items = needle === "" ? [] : (found.data?.items ?? [])
  return (
    <Command shouldFilter={false} label="Search everything" className="flex min-h-0 flex-col">
      <div className="flex items-center gap-2 border-b border-hairline px-4">
        <Search size={16} className="shrink-0 text-faint" aria-hidden />
        <Command.Input
          value={text}
          onValueChange={setText}
          // People open the palette to type into it.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          placeholder="An id, a name, or words from a conversation"
          className="h-12 w-full bg-transparent text-talk outline-none placeholder:text-faint"
        />
      </div>
      <Command.List className="scroll-thin min-h-0 overflow-auto p-2">
        {needle !== "" && items.length === 0 && actions.length === 0 && (
          <p className="px-2 py-6 text-center text-secondary" role="status">
            {found.isFetching || asked !== text.trim() ? "Searching…" : (found.error?.message ?? "No results")}
          </p>
        )}
        {items.length > 0 && (
          <Command.Group heading="Results" className={groupClasses}>
            {items.map((item) => (
              <FoundItem key={`${item.type}:${item.id}`} item={item} go={go} />
            ))}
          </Command.Group>
        )}
        {recent.length > 0 && (
          <Command.Group heading="Recent" className={groupClasses}>
            {recent.map(({ href, title }) => (
              <Command.Item key={href} value={href} onSelect={() => go(href)} className={itemClasses}>
                <Timer size={14} aria-hidden className="shrink-0 text-faint" />
                <span className="truncate">{title}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {actions.length > 0 && (
          <Command.Group heading="Actions" className={groupClasses}>
            {actions.map(({ label, Icon, run }) => (
              <Command.Item key={label} value={label} onSelect={run} className={itemClasses}>
                <Icon size={14} aria-hidden className="shrink-0 text-faint" />
                {label}
              </Command.Item>
            ))}
          </Command.Group>
        )}
      </Command.List>
    </Command>
  )
}

const groupClasses = join(
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1",
  "[&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint",
)
const itemClasses =
  "flex min-h-9 cursor-pointer items-center gap-2 rounded-control px-2 py-1.5 data-[selected=true]:bg-selected"

const icons = { user: Users, session: MessagesSquare, trace: Activity, span: Timer }

function FoundItem({ item, go }: { item: Found; go: (href: string) => void }) {
  const Icon = icons[item.type]
  // Words from the conversation say more than a name that all traces of an application share.
  const hasWords = (item.type === "trace" || item.type === "span") && item.snippet !== null
  const [first, second] = hasWords ? [item.snippet ?? "", item.title] : [item.title, item.snippet]
  return (
    <Command.Item value={`${item.type}:${item.id}`} onSelect={() => go(item.url)} className={itemClasses}>
      <Icon size={14} aria-hidden className="shrink-0 text-faint" />
      <span className="min-w-0 flex-1">
        <span className="block truncate">
          <span className="sr-only">{item.type} </span>
          <Visible text={first} />
        </span>
        {second && (
          <span className="block truncate text-small text-secondary">
            <Visible text={second} />
          </span>
        )}
      </span>
      <span className="shrink-0 text-label text-faint">{item.at ? <Ago at={item.at} /> : item.type}</span>
    </Command.Item>
  )
}
