// Runs before the first paint, so that no page flashes in the other theme. It is a file of its own because the server's
// policy forbids inline scripts.
;(function () {
  var chosen = "system"
  try {
    chosen = localStorage.getItem("baserun.theme") || "system"
  } catch (_) {
    // Without storage, the system's theme applies.
  }
  var dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches)
  document.documentElement.dataset.theme = dark ? "dark" : "light"
})()
