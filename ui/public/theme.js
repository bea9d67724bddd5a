// Runs before the first paint, so that no page flashes in the other theme. An own file, because the policy of the
// server allows no script inside the page.
;(function () {
  var chosen = "system"
  try {
    chosen = localStorage.getItem("baserun.theme") || "system"
  } catch (_) {
    // Storage may be forbidden; the system's theme is right then.
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.dataset.theme = dark ? "dark" : "light"
})()
