/** Fastify: `app.register(baserunFastify, { user: { header: "x-user-id" }, session: { param: "chatId" } })`. */

import { requestScope, type RequestOptions, serveIn } from "./_incoming.js"

/** The part of a request that we read. */
export interface FastifyRequest {
  headers: Readonly<Record<string, string | string[] | undefined>>
  params?: unknown
  query?: unknown
}

/** The part of an instance that we use. */
export interface FastifyInstance {
  addHook(name: "preValidation", hook: (request: FastifyRequest, reply: unknown, done: () => void) => void): unknown
}

type Plugin = (instance: FastifyInstance, options: RequestOptions<FastifyRequest>, done: () => void) => void

/** Plugin: everything that a request leads to belongs to its user and session. */
export const baserunFastify: Plugin = Object.assign(
  ((instance, options, done) => {
    // After routing and parsing: path parameters are known, and nothing of the application's has run in the context yet.
    instance.addHook("preValidation", (request, _, next) => {
      const params = request.params as Readonly<Record<string, unknown>> | undefined
      const query = request.query as Readonly<Record<string, unknown>> | undefined
      serveIn(requestScope(request, { headers: request.headers, params, query }, options), next)
    })
    done()
  }) satisfies Plugin,
  // Fastify's own sign for a plugin that is meant for the instance that registers it, and not for a child of it.
  { [Symbol.for("skip-override")]: true, [Symbol.for("fastify.display-name")]: "baserun" },
)
