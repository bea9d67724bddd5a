// The client alone.
export async function start() {
  return { client: (client) => client, flush: async () => {} }
}
