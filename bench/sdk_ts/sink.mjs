// Takes whatever is sent and answers at once, in a process of its own. Prints its address and ends with its parent.
// Below `/500`, `/429` and `/hang` it is a server in trouble.
import { createServer } from "node:http"

const server = createServer((request, response) => {
  const [, trouble] = /^\/(500|429|hang)\//.exec(request.url) ?? []
  request.resume()
  if (trouble === "hang") return
  request.on("end", () =>
    response
      .writeHead(Number(trouble ?? 200), { "content-type": "application/json" })
      .end(request.url === "/info" ? '{"version":"1"}' : "{}"),
  )
})
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`))
process.stdin.resume().on("end", () => process.exit())
