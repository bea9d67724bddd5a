/** Looks that many places share. A list of words, not a library of components. */

export const join = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(" ")

export const control =
  "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-control border border-control bg-background px-2 text-small font-medium text-text hover:bg-hover disabled:text-faint pointer-coarse:h-11 pointer-coarse:px-3"

export const quiet =
  "inline-flex h-7 min-w-7 shrink-0 items-center justify-center gap-1.5 rounded-control px-1.5 text-small font-medium text-secondary hover:bg-hover hover:text-text pointer-coarse:h-11 pointer-coarse:min-w-11"

export const primary =
  "inline-flex h-7 shrink-0 items-center gap-1.5 rounded-control bg-accent px-2.5 text-small font-medium text-on-accent pointer-coarse:h-11"

export const chip =
  "inline-flex h-5 max-w-full items-center gap-1 rounded-chip px-1.5 text-label font-medium whitespace-nowrap"

export const card = "rounded-card border border-hairline bg-background"

export const link = "text-accent hover:underline underline-offset-2"
