/** What lies above the page: palette and key list. One chunk, fetched when idle or needed. */
import { CSPProvider } from "@base-ui/react/csp-provider"
import { Dialog } from "@base-ui/react/dialog"
import { useQuery } from "@tanstack/react-query"
import { useRouter } from "@tanstack/react-router"
import { Command } from "cmdk"
import { Activity, Keyboard, MessagesSquare, Moon, Plug, Search, Timer, Users } from "lucide-react"
import { useEffect, useState, type ReactNode } from "react"
import { searchQuery } from "../../api/queries"
import type { Found } from "../../api/types"
import { paths } from "../../paths"
import { modifierName, setSingleKeys, singleKeysOn, useBindings } from "../../state/keys"
import { setTheme, themes } from "../../state/theme"
import { recentPlaces } from "../../state/recent"
import { Ago } from "../../components/Time"
import { Visible } from "../../components/text/Visible"
import type { Overlay } from "./Shell"

export default function Overlays({ open, onChange }: { open: Overlay; onChange: (open: Overlay) => void }) {
  return (
    <CSPProvider disableStyleElements>
      <Layer open={open === "palette"} onClose={() => onChange(null)} title="Search everything">
        <Palette close={() => onChange(null)} help={() => onChange("help")} />
      </Layer>
      <Layer open={open === "help"} onClose={() => onChange(null)} title="Keys of this page">
        <Help />
      </Layer>
    </CSPProvider>
  )
}

function Layer({
  open,
  onClose,
  title,
  children,
}: {
  open: boolean
  onClose: () => void
  title: string
  children: ReactNode
}) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-[rgb(10_12_16/0.35)] transition-opacity duration-[120ms] data-[ending-style]:opacity-0 data-[starting-style]:opacity-0" />
        <Dialog.Popup className="fixed top-[12vh] left-1/2 flex max-h-[70vh] w-[min(640px,calc(100vw-24px))] -translate-x-1/2 flex-col overflow-hidden rounded-card border border-hairline bg-background shadow-(--shadow) transition-opacity duration-[120ms] data-[ending-style]:opacity-0 data-[starting-style]:opacity-0">
          <Dialog.Title className="sr-only">{title}</Dialog.Title>
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

const signs = { user: Users, session: MessagesSquare, trace: Activity, span: Timer }

function Palette({ close, help }: { close: () => void; help: () => void }) {
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
    { label: "Go to Users", Icon: Users, run: () => go(paths.users) },
    { label: "Go to Sessions", Icon: MessagesSquare, run: () => go(paths.sessions) },
    { label: "Go to Traces", Icon: Activity, run: () => go(paths.traces) },
    { label: "Connect an application", Icon: Plug, run: () => go(paths.start) },
    { label: "Show the keys of this page", Icon: Keyboard, run: help },
    ...themes.map((theme) => ({
      label: `Theme: ${theme}`,
      Icon: Moon,
      run: () => {
        setTheme(theme)
        close()
      },
    })),
  ].filter(({ label }) => needle === "" || label.toLowerCase().includes(needle))
  const recent = needle === "" ? recentPlaces() : []
  const items = needle === "" ? [] : (found.data?.items ?? [])
  return (
    <Command shouldFilter={false} label="Search everything" className="flex min-h-0 flex-col">
      <div className="flex items-center gap-2 border-b border-hairline px-4">
        <Search size={16} className="shrink-0 text-faint" aria-hidden />
        <Command.Input
          value={text}
          onValueChange={setText}
          // A palette is opened to type into it.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus
          placeholder="An id, a name, or words that were said"
          className="h-12 w-full bg-transparent text-talk outline-none placeholder:text-faint"
        />
      </div>
      <Command.List className="scroll-thin min-h-0 overflow-auto p-2">
        {needle !== "" && items.length === 0 && actions.length === 0 && (
          <p className="px-2 py-6 text-center text-secondary" role="status">
            {found.isFetching || asked !== text.trim() ? (
              "Searching…"
            ) : found.error ? (
              found.error.message
            ) : (
              <>Nothing has this id or these words</>
            )}
          </p>
        )}
        {items.length > 0 && (
          <Command.Group heading="Found" className={groupLook}>
            {items.map((item) => (
              <FoundItem key={`${item.type}:${item.id}`} item={item} go={go} />
            ))}
          </Command.Group>
        )}
        {recent.length > 0 && (
          <Command.Group heading="Recent" className={groupLook}>
            {recent.map((place) => (
              <Command.Item key={place.href} value={place.href} onSelect={() => go(place.href)} className={itemLook}>
                <Timer size={14} aria-hidden className="shrink-0 text-faint" />
                <span className="truncate">{place.title}</span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {actions.length > 0 && (
          <Command.Group heading="Do" className={groupLook}>
            {actions.map(({ label, Icon, run }) => (
              <Command.Item key={label} value={label} onSelect={run} className={itemLook}>
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

const groupLook =
  "[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-label [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint"
const itemLook =
  "flex min-h-9 cursor-pointer items-center gap-2 rounded-control px-2 py-1.5 data-[selected=true]:bg-selected"

function FoundItem({ item, go }: { item: Found; go: (href: string) => void }) {
  const Icon = signs[item.type]
  // What was said tells more than the name that all traces of an application share.
  const spoken = (item.type === "trace" || item.type === "span") && item.snippet !== null
  const [first, second] = spoken ? [item.snippet ?? "", item.title] : [item.title, item.snippet]
  return (
    <Command.Item value={`${item.type}:${item.id}`} onSelect={() => go(item.url)} className={itemLook}>
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

function Help() {
  const bindings = useBindings()
  const [on, setOn] = useState(singleKeysOn)
  const groups = new Map<string, Map<string, string[]>>()
  for (const { group, label, keys } of bindings) {
    const labels = groups.get(group) ?? new Map<string, string[]>()
    const all = labels.get(label) ?? []
    if (!all.includes(keys)) labels.set(label, [...all, keys])
    groups.set(group, labels)
  }
  return (
    <div className="scroll-thin overflow-auto p-6">
      <h2 className="mb-4 text-title font-semibold">Keys of this page</h2>
      <div className="grid gap-6 sm:grid-cols-2">
        {[...groups].toReversed().map(([group, labels]) => (
          <section key={group}>
            <h3 className="mb-1 text-label font-medium text-faint">{group}</h3>
            <dl>
              {[...labels].map(([label, keys]) => (
                <div key={label} className="flex min-h-7 items-center justify-between gap-3">
                  <dt className="text-secondary">{label}</dt>
                  <dd className="flex gap-1.5">
                    {keys.map((one) => (
                      <Keys key={one} keys={one} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <label className="mt-6 flex items-center gap-2 border-t border-hairline pt-4 text-secondary">
        <input
          type="checkbox"
          checked={on}
          onChange={(event) => {
            setSingleKeys(event.target.checked)
            setOn(event.target.checked)
          }}
        />
        Single letters do things
      </label>
    </div>
  )
}

const printed: Record<string, string> = {
  ArrowDown: "↓",
  ArrowUp: "↑",
  ArrowLeft: "←",
  ArrowRight: "→",
  Escape: "Esc",
  " ": "Space",
}

function Keys({ keys }: { keys: string }) {
  const parts = keys.startsWith("mod+")
    ? [modifierName(), keys.slice(4).toUpperCase()]
    : printed[keys]
      ? [printed[keys]]
      : keys.split(" ")
  return parts.map((part) => (
    <kbd
      key={part}
      className="inline-flex h-5 min-w-5 items-center justify-center rounded-chip border border-hairline bg-raised px-1 font-sans text-label text-secondary"
    >
      {part}
    </kbd>
  ))
}
