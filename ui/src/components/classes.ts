/** Class names that several components share. */

export const join = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(" ")

const button =
  "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-control text-small font-medium pointer-coarse:h-11"

export const control = join(
  button,
  "border border-control bg-background px-2 text-text",
  "hover:bg-hover disabled:text-faint pointer-coarse:px-3",
)

export const quiet = join(
  button,
  "min-w-7 justify-center px-1.5 text-secondary",
  "hover:bg-hover hover:text-text pointer-coarse:min-w-11",
)

export const primary = join(button, "bg-accent px-2.5 text-on-accent")

/** A small button inside a row or a chip. */
export const iconButton = "inline-flex size-6 items-center justify-center rounded-chip text-secondary hover:text-text"

export const field =
  "h-7 rounded-control border border-control bg-background px-2 text-small placeholder:text-faint pointer-coarse:h-10"

export const select = "h-7 rounded-control border border-control bg-background px-1.5 text-small pointer-coarse:h-11"

export const chip =
  "inline-flex h-5 max-w-full items-center gap-1 rounded-chip px-1.5 text-label font-medium whitespace-nowrap"

export const card = "rounded-card border border-hairline bg-background"

/** What floats above the page. */
export const overlay = "rounded-card border border-hairline bg-background shadow-(--shadow)"

export const fading =
  "transition-opacity duration-[120ms] data-[ending-style]:opacity-0 data-[starting-style]:opacity-0"

export const link = "text-accent hover:underline underline-offset-2"
