/** The places that this browser looked at last, for the palette. */

export type Place = { href: string; title: string }

const KEY = "baserun.recent"

export function recentPlaces(): Place[] {
  try {
    const places = JSON.parse(localStorage.getItem(KEY) ?? "[]") as Place[]
    return Array.isArray(places)
      ? places.filter((place) => typeof place.href === "string" && place.href.startsWith("/"))
      : []
  } catch {
    return []
  }
}

export function notePlace(place: Place): void {
  try {
    const others = recentPlaces().filter((one) => one.href !== place.href)
    localStorage.setItem(KEY, JSON.stringify([place, ...others].slice(0, 8)))
  } catch {
    // Without storage the palette opens without them.
  }
}
