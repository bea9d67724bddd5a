"""An agent of Pydantic AI with a tool, in a conversation of its own."""

import baserun

baserun.init()

from pydantic_ai import Agent  # noqa: E402
from pydantic_ai.models.openai import OpenAIChatModel  # noqa: E402

agent = Agent(OpenAIChatModel("gpt-4.1-mini"), name="Helper", instructions="Be brief.")


@agent.tool_plain
def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"Sunny in {city}"


first = agent.run_sync('[fake tool=weather arguments=\'{"city": "Rome"}\'] Weather in Rome?')
agent.run_sync("And tomorrow?", message_history=first.all_messages())
