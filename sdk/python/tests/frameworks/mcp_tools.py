"""A client and a server of MCP: the server's tool runs inside the client's session."""

import asyncio
import os
import sys

import baserun

baserun.init(propagate=True)


def serve() -> None:
    try:
        from mcp.server.fastmcp import FastMCP
    except ImportError:
        from mcp.server import MCPServer as FastMCP
    server = FastMCP("weather")

    @server.tool()
    @baserun.trace(kind="tool")
    def weather(city: str) -> str:
        """Tell the weather of a city."""
        return f"Sunny in {city}"

    server.run("stdio")


async def ask() -> None:
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    parameters = StdioServerParameters(command=sys.executable, args=[__file__, "serve"], env=dict(os.environ))
    async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        with baserun.with_session("ada", "s-1"), baserun.start_trace("ask"):
            await session.call_tool("weather", {"city": "Rome"})


if sys.argv[1:] == ["serve"]:
    serve()
else:
    asyncio.run(ask())
