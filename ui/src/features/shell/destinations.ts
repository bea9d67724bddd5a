import { Activity, LayoutDashboard, MessagesSquare, Plug, Users, type LucideIcon } from "lucide-react"
import { paths } from "../../paths"

/** The pages that the sidebar, the palette and the shortcuts lead to. */
export const destinations: readonly { href: string; label: string; Icon: LucideIcon; keys: string }[] = [
  { href: paths.overview, label: "Overview", Icon: LayoutDashboard, keys: "g o" },
  { href: paths.users, label: "Users", Icon: Users, keys: "g u" },
  { href: paths.sessions, label: "Sessions", Icon: MessagesSquare, keys: "g s" },
  { href: paths.traces, label: "Traces", Icon: Activity, keys: "g t" },
  { href: paths.connect, label: "Connect", Icon: Plug, keys: "g c" },
]
