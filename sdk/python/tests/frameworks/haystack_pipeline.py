"""A pipeline of Haystack: a prompt and a chat generator."""

import baserun

baserun.init()

from haystack import Pipeline  # noqa: E402
from haystack.components.builders import ChatPromptBuilder  # noqa: E402
from haystack.components.generators.chat import OpenAIChatGenerator  # noqa: E402
from haystack.dataclasses import ChatMessage  # noqa: E402

pipeline = Pipeline()
pipeline.add_component(
    "prompt", ChatPromptBuilder(template=[ChatMessage.from_user("Weather in {{city}}?")], required_variables=["city"])
)
pipeline.add_component("answer", OpenAIChatGenerator(model="gpt-4.1-mini"))
pipeline.connect("prompt.prompt", "answer.messages")
with baserun.with_session("ada", "s-1"):
    pipeline.run({"prompt": {"city": "Rome"}})
