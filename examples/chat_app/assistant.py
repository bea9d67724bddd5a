"""The application itself: an assistant that may look things up before it answers.

This is what Baserun asks of an application: `with_session` around a visit (in `__main__.py`), `trace` on the function
that answers, and nothing at all around the calls of the model.
"""

import json
from collections.abc import Callable
from typing import Any

from openai import OpenAI

import baserun

LONGEST_CHAIN = 5
"""Rounds of looking things up before the assistant has to answer."""

Messages = list[dict[str, Any]]
BackOffice = Callable[[str, dict[str, Any]], Any]
"""Does what a tool says, or raises."""


def tool(name: str, what: str, *arguments: str) -> dict[str, Any]:
    properties = {argument: {"type": "string"} for argument in arguments}
    parameters = {"type": "object", "properties": properties, "required": list(arguments[:1])}
    return {"type": "function", "function": {"name": name, "description": what, "parameters": parameters}}


TOOLS = [
    tool("find_order", "An order with its state, by number", "order"),
    tool("change_delivery", "Change how or where a parcel is delivered", "order", "instruction"),
    tool("cancel_order", "Cancel an order that has not left", "order"),
    tool("start_exchange", "Exchange an article", "order", "colour"),
    tool("issue_refund", "Give money back", "order", "amount_eur"),
    tool("make_invoice", "Make an invoice", "order", "name", "address"),
    tool("place_order", "Order an article", "item", "card", "note", "country"),
    tool("hold_item", "Keep an article for somebody", "item", "until"),
    tool("check_stock", "What there is, and for how much", "item", "category", "town"),
    tool("find_guide", "A repair guide for a symptom", "item", "symptom", "type"),
    tool("find_parts", "Spare parts", "item", "part"),
    tool("find_slot", "Free times in the workshop", "item", "town"),
    tool("book_repair", "Book a time in the workshop", "item", "town", "slot"),
    tool("shop_hours", "When a shop is open", "town"),
    tool("delivery_cost", "Cost and time of a delivery abroad", "country", "item"),
    tool("check_gift_card", "Value and state of a gift card", "code"),
    tool("activate_gift_card", "Activate a gift card", "code"),
    tool("add_note", "Add a note to an order", "order", "note"),
    tool("open_ticket", "Ask a person to do something", "kind", "about"),
]


class Assistant:
    """Answers one person after the other; `heard` is told of every call of the model, for those who count."""

    def __init__(self, client: OpenAI, back_office: BackOffice, heard: Callable[..., None]) -> None:
        self.client = client
        self.back_office = back_office
        self.heard = heard

    @baserun.trace(name="answer", kind="agent")
    def answer(
        self, messages: Messages, question: str, *, model: str, user: str | None, streamed: bool, usage_in_stream: bool
    ) -> str:
        """The next answer of a conversation that begins with a system prompt; it is added to, unless it fails."""
        said: Messages = [*messages, {"role": "user", "content": question}]
        how = {"model": model, **({"user": user} if user else {})}
        for _ in range(LONGEST_CHAIN):
            reply = self.ask(said, how, usage_in_stream) if streamed else self.ask_at_once(said, how)
            said.append(reply)
            if not reply.get("tool_calls"):
                break
            said += [self.use_tool(call) for call in reply["tool_calls"]]
        messages[:] = said
        return said[-1]["content"]

    def ask_at_once(self, said: Messages, how: dict[str, Any]) -> dict[str, Any]:
        """Ask the model and wait for the whole answer."""
        try:
            completion = self.client.chat.completions.create(messages=said, tools=TOOLS, **how)
        except Exception as error:
            self.heard(how, error=error)
            raise
        self.heard(how, response_id=completion.id, usage=completion.usage)
        return completion.choices[0].message.model_dump(include={"role", "content", "tool_calls"}, exclude_none=True)

    def ask(self, said: Messages, how: dict[str, Any], usage_in_stream: bool) -> dict[str, Any]:
        """Ask the model and read along while it answers, as a page would show it."""
        more = {"stream_options": {"include_usage": True}} if usage_in_stream else {}
        words: list[str] = []
        calls: dict[int, dict[str, Any]] = {}
        response_id = usage = None
        try:
            for chunk in self.client.chat.completions.create(messages=said, tools=TOOLS, stream=True, **how, **more):
                response_id, usage = chunk.id, chunk.usage or usage
                for choice in chunk.choices:
                    words.append(choice.delta.content or "")
                    for part in choice.delta.tool_calls or ():
                        call = calls.setdefault(part.index, {"id": part.id, "name": "", "arguments": ""})
                        call["name"] += part.function.name or ""
                        call["arguments"] += part.function.arguments or ""
        except Exception as error:
            self.heard(how, error=error)
            raise
        self.heard(how, response_id=response_id, usage=usage)
        if not calls:
            return {"role": "assistant", "content": "".join(words)}
        return {
            "role": "assistant",
            "tool_calls": [
                {
                    "id": call["id"],
                    "type": "function",
                    "function": {"name": call["name"], "arguments": call["arguments"]},
                }
                for call in calls.values()
            ],
        }

    def use_tool(self, call: dict[str, Any]) -> dict[str, Any]:
        """Do what the model asks for; what goes wrong is told to the model instead of a result."""
        name = call["function"]["name"]

        def do(**arguments: Any) -> Any:
            return self.back_office(name, arguments)

        try:
            result = baserun.trace(do, name=name, kind="tool")(**json.loads(call["function"]["arguments"]))
        except Exception as error:
            result = {"error": f"{type(error).__name__}: {error}"}
        return {"role": "tool", "tool_call_id": call["id"], "content": json.dumps(result, ensure_ascii=False)}
