"""How a step of the made-up world is written as span attributes: in our own wire, or as OpenInference for peers.

A dialect gives back the attribute bytes of each kind of step. A message is `(role, kind, text, json)`: `text` for
dialects that write it plainly, `json` as one message of the conventions' parts form.
"""

from .wire import Key

Message = tuple[str, str, bytes, bytes]

MODELS = (
    ("openai", "gpt-4.1-mini", "gpt-4.1-mini-2025-04-14", "api.openai.com"),
    ("openai", "gpt-4.1", "gpt-4.1-2025-04-14", "api.openai.com"),
    ("anthropic", "claude-sonnet-4-5", "claude-sonnet-4-5-20250929", "api.anthropic.com"),
    ("openai", "gpt-4o-mini", "gpt-4o-mini-2024-07-18", "api.openai.com"),
    ("gcp.gemini", "gemini-2.5-flash", "gemini-2.5-flash", "generativelanguage.googleapis.com"),
    ("openai", "o4-mini", "o4-mini-2025-04-16", "api.openai.com"),
    ("anthropic", "claude-haiku-4-5", "claude-haiku-4-5-20251001", "api.anthropic.com"),
    ("mistral_ai", "mistral-small-latest", "mistral-small-2506", "api.mistral.ai"),
)
TOOLS = (b"search_orders", b"get_invoice", b"create_ticket", b"lookup_address", b"refund", b"weather", b"calendar")


def say(role: str, text: bytes) -> Message:
    """A plain message."""
    return role, "text", text, b'{"role":"%s","parts":[{"type":"text","content":"%s"}]}' % (role.encode(), text)


def ask_tool(name: bytes, call: bytes, argument: bytes) -> Message:
    """The model asks for a tool."""
    arguments = b'{"query":"%s"}' % argument
    return (
        "assistant",
        "tool_call",
        arguments,
        (
            b'{"role":"assistant","parts":[{"type":"tool_call","id":"%s","name":"%s","arguments":%s}]}'
            % (call, name, arguments)
        ),
    )


def tell_tool(call: bytes, result: bytes) -> Message:
    """What the tool gave back."""
    return (
        "tool",
        "tool_call_response",
        result,
        (b'{"role":"tool","parts":[{"type":"tool_call_response","id":"%s","response":"%s"}]}' % (call, result)),
    )


class Own:
    """The wire of `contract/`."""

    name = "own"
    _session, _user, _conversation = Key("session.id"), Key("user.id"), Key("gen_ai.conversation.id")
    _kind, _input, _output = Key("baserun.span.kind"), Key("baserun.input"), Key("baserun.output")
    _tags, _plan, _response = Key("baserun.tags"), Key("baserun.metadata.plan"), Key("gen_ai.response.id")
    _in, _out = Key("gen_ai.usage.input_tokens"), Key("gen_ai.usage.output_tokens")
    _cached, _first = Key("gen_ai.usage.cache_read.input_tokens"), Key("gen_ai.response.time_to_first_chunk")
    _asked, _answered = Key("gen_ai.input.messages"), Key("gen_ai.output.messages")
    _arguments, _result = Key("gen_ai.tool.call.arguments"), Key("gen_ai.tool.call.result")
    _call, _operation, _error = Key("gen_ai.tool.call.id"), Key("gen_ai.operation.name"), Key("error.type")

    def __init__(self) -> None:
        self.calls = {
            (model, streaming, finish): self._call_attributes(*MODELS[model], streaming, finish)
            for model in range(len(MODELS))
            for streaming in (False, True)
            for finish in (b"stop", b"tool_calls", b"")
        }
        self.tools = [
            self._kind.text(b"tool") + self._operation.text(b"execute_tool") + Key("gen_ai.tool.name").text(name)
            for name in TOOLS
        ]
        self.chain, self.retrieval = self._kind.text(b"agent"), self._kind.text(b"retrieval")

    def _call_attributes(self, provider, model, answered, host, streaming: bool, finish: bytes) -> bytes:
        parts = [
            self._kind.text(b"llm"),
            self._operation.text(b"chat"),
            Key("gen_ai.provider.name").text(provider.encode()),
            Key("gen_ai.request.model").text(model.encode()),
            Key("gen_ai.request.temperature").number(0.2),
            Key("server.address").text(host.encode()),
        ]
        if streaming:
            parts.append(Key("gen_ai.request.stream").truth(True))
        if finish:
            parts.append(Key("gen_ai.response.model").text(answered.encode()))
            parts.append(Key("gen_ai.response.finish_reasons").texts([finish]))
            parts.append(Key("http.response.status_code").integer(200))
            if streaming:
                parts.append(Key("baserun.stream.ended").text(b"complete"))
        return b"".join(parts)

    def session(self, session: bytes, user: bytes) -> tuple[bytes, bytes]:
        """What stands on every span of a session, and what stands on its LLM calls."""
        every = self._session.text(session) + self._user.text(user)
        return every, every + self._conversation.text(session)

    def tags(self, tags: list[bytes], plan: bytes) -> bytes:
        """What the application said about the trace, on its root."""
        return (self._tags.texts(tags) if tags else b"") + self._plan.text(plan)

    def root(self, question: bytes, answer: bytes) -> bytes:
        """The trace as the application sees it: what the person said, and the answer."""
        return self.chain + self._input.text(b'{"question":"%s"}' % question) + self._output.text(b'"%s"' % answer)

    def retrieve(self, question: bytes, found: bytes) -> bytes:
        """A search for knowledge."""
        return self.retrieval + self._input.text(b'{"query":"%s"}' % question) + self._output.text(b'["%s"]' % found)

    def tool(self, which: int, call: bytes, argument: bytes, result: bytes) -> bytes:
        """A tool at work."""
        given = self._arguments.text(b'{"query":"%s"}' % argument)
        return b"".join((self.tools[which], self._call.text(call), given, self._result.text(b'"%s"' % result)))

    def llm(
        self,
        model: int,
        streaming: bool,
        finish: bytes,
        response: bytes,
        asked: list[Message],
        answered: Message,
        tokens_in: int,
        tokens_out: int,
        first_s: float,
    ) -> bytes:
        """An LLM call that was answered."""
        return b"".join(
            (
                self.calls[model, streaming, finish],
                self._response.text(response),
                self._in.integer(tokens_in),
                self._out.integer(tokens_out),
                self._cached.integer(tokens_in >> 2),
                self._first.number(first_s) if streaming else b"",
                self._asked.text(b"[%s]" % b",".join([message[3] for message in asked])),
                self._answered.text(b'[%s,"finish_reason":"%s"}]' % (answered[3][:-1], finish)),
            )
        )

    def failed_llm(self, model: int, asked: list[Message]) -> bytes:
        """An LLM call that the provider refused."""
        messages = self._asked.text(b"[%s]" % b",".join([message[3] for message in asked]))
        return self.calls[model, False, b""] + self._error.text(b"rate_limit_exceeded") + messages


class OpenInference:
    """What the peers read best: flattened messages beside whole input and output."""

    name = "openinference"
    _session, _user = Key("session.id"), Key("user.id")
    _kind, _input, _output = Key("openinference.span.kind"), Key("input.value"), Key("output.value")
    _tags, _metadata, _model = Key("tag.tags"), Key("metadata"), Key("llm.model_name")
    _in, _out, _sum = (Key(f"llm.token_count.{part}") for part in ("prompt", "completion", "total"))
    _tool_name, _provider = Key("tool.name"), Key("llm.provider")

    def __init__(self) -> None:
        self.asked = [self._message("input", n) for n in range(40)]
        self.answered = self._message("output", 0)

    @staticmethod
    def _message(side: str, n: int) -> tuple[Key, Key]:
        stem = f"llm.{side}_messages.{n}.message."
        return Key(stem + "role"), Key(stem + "content")

    def session(self, session: bytes, user: bytes) -> tuple[bytes, bytes]:
        """What stands on every span of a session, and what stands on its LLM calls."""
        every = self._session.text(session) + self._user.text(user)
        return every, every

    def tags(self, tags: list[bytes], plan: bytes) -> bytes:
        """What the application said about the trace, on its root."""
        return (self._tags.texts(tags) if tags else b"") + self._metadata.text(b'{"plan":"%s"}' % plan)

    def root(self, question: bytes, answer: bytes) -> bytes:
        """The trace as the application sees it: what the person said, and the answer."""
        return self._kind.text(b"CHAIN") + self._input.text(question) + self._output.text(answer)

    def retrieve(self, question: bytes, found: bytes) -> bytes:
        """A search for knowledge."""
        return self._kind.text(b"RETRIEVER") + self._input.text(question) + self._output.text(found)

    def tool(self, which: int, call: bytes, argument: bytes, result: bytes) -> bytes:
        """A tool at work."""
        name = self._tool_name.text(TOOLS[which])
        return self._kind.text(b"TOOL") + name + self._input.text(argument) + self._output.text(result)

    def llm(self, model, streaming, finish, response, asked, answered, tokens_in, tokens_out, first_s) -> bytes:
        """An LLM call that was answered."""
        parts = [self.failed_llm(model, asked), self._in.integer(tokens_in), self._out.integer(tokens_out)]
        role, content = self.answered
        parts += (self._sum.integer(tokens_in + tokens_out), role.text(b"assistant"), content.text(answered[2]))
        parts.append(self._output.text(answered[2]))
        return b"".join(parts)

    def failed_llm(self, model: int, asked: list[Message]) -> bytes:
        """An LLM call that the provider refused."""
        parts = [self._kind.text(b"LLM"), self._model.text(MODELS[model][1].encode())]
        parts.append(self._provider.text(MODELS[model][0].encode()))
        for (role, content), message in zip(self.asked, asked, strict=False):
            parts += (role.text(message[0].encode()), content.text(message[2]))
        parts.append(self._input.text(asked[-1][2]))
        return b"".join(parts)


DIALECTS = (Own, OpenInference)
