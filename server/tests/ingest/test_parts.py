"""The parts of messages: each kind, from each provider, in each direction in which that provider sends it.

A row of `TABLE` is a block or a message as a provider writes it, and the parts that it is read as. Every row is read in
a request, in a history (before an answer) and as an answer, through every attribute in which a sender may put it. A
provider that has a kind of part and no row for it fails `test_no_row_is_missing`.
"""

import json
from typing import Any, NamedTuple

import pytest
from server.tests.ingest import otlp_forms as forms

DATA, URL = "iVBORw0KGgo=", "https://example.org/a.png"
PART = dict[str, Any]


class Row(NamedTuple):
    kind: str
    provider: str
    raw: Any
    """A message; a list is the blocks of one; text is its content."""
    parts: list[PART]
    role: str = "assistant"


def text(content: str, **more: Any) -> PART:
    return {"type": "text", "content": content, **more}


def thought(content: str, **more: Any) -> PART:
    return {"type": "reasoning", "content": content, **more}


def call(id_: str = "c1", name: str = "clock", arguments: Any = None, **more: Any) -> PART:
    return {"type": "tool_call", "id": id_, "name": name, "arguments": arguments or {"zone": "CET"}, **more}


def answer(response: Any = "12:00", id_: str = "c1", **more: Any) -> PART:
    return {"type": "tool_call_response", "id": id_, "response": response, **more}


def blob(modality: str = "image", mime_type: str = "image/png", **more: Any) -> PART:
    return {"type": "blob", "modality": modality, "mime_type": mime_type, "content": DATA, **more}


def uri(modality: str = "image", **more: Any) -> PART:
    return {"type": "uri", "modality": modality, "uri": URL, **more}


def said(content: Any, role: str = "assistant", **more: Any) -> dict[str, Any]:
    return {"role": role, "content": content, **more}


def lc(kind: str, **kwargs: Any) -> dict[str, Any]:
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", "messages", kind], "kwargs": kwargs}


ZONE = '{"zone": "CET"}'
FUNCTION = {"name": "clock", "arguments": ZONE}
CITED = {"type": "url_citation", "url": URL, "title": "Table"}
AUDIO = {"id": "a1", "data": DATA, "transcript": "At nine"}
PNG = f"data:image/png;base64,{DATA}"

TABLE = [
    # --- text
    Row("text", "openai chat", said("Hello"), [text("Hello")]),
    Row(
        "text",
        "openai responses",
        {"type": "message", **said([{"type": "output_text", "text": "Hello"}])},
        [text("Hello")],
    ),
    Row(
        "text",
        "openai assistants",
        {"object": "thread.message", **said([{"type": "text", "text": {"value": "Hello"}}])},
        [text("Hello")],
    ),
    Row("text", "anthropic", said([{"type": "text", "text": "Hello"}]), [text("Hello")]),
    Row("text", "gemini", {"role": "model", "parts": [{"text": "Hello"}]}, [text("Hello")]),
    Row("text", "bedrock", said([{"text": "Hello"}]), [text("Hello")]),
    Row("text", "mistral", said([{"type": "text", "text": "Hello"}]), [text("Hello")]),
    Row("text", "cohere", said([{"type": "text", "text": "Hello"}]), [text("Hello")]),
    Row("text", "langchain", lc("AIMessage", content="Hello", type="ai"), [text("Hello")]),
    Row("text", "ai sdk", said([{"type": "text", "text": "Hello"}]), [text("Hello")]),
    Row(
        "text",
        "pydantic ai",
        {"kind": "response", "parts": [{"part_kind": "text", "content": "Hello"}]},
        [text("Hello")],
    ),
    Row("text", "conventions", {"role": "assistant", "parts": [text("Hello")]}, [text("Hello")]),
    # --- thoughts
    Row("thought", "openai chat", said("Yes", reasoning_content="Hm"), [thought("Hm"), text("Yes")]),
    Row(
        "thought",
        "openai responses",
        {"type": "reasoning", "id": "r", "summary": [{"type": "summary_text", "text": "Hm"}]},
        [thought("Hm", id="r")],
    ),
    Row(
        "thought",
        "anthropic",
        said([{"type": "thinking", "thinking": "Hm", "signature": "s"}]),
        [thought("Hm", signature="s")],
    ),
    Row(
        "thought",
        "gemini",
        {"role": "model", "parts": [{"text": "Hm", "thought": True, "thoughtSignature": "s"}]},
        [thought("Hm", thoughtSignature="s")],
    ),
    Row(
        "thought",
        "bedrock",
        said([{"reasoningContent": {"reasoningText": {"text": "Hm", "signature": "s"}}}]),
        [thought("Hm", signature="s")],
    ),
    Row(
        "thought",
        "mistral",
        said([{"type": "thinking", "thinking": [{"type": "text", "text": "Hm"}]}]),
        [thought("Hm")],
    ),
    Row("thought", "cohere", said("Yes", tool_plan="Hm"), [thought("Hm"), text("Yes")]),
    Row(
        "thought",
        "langchain",
        lc("AIMessage", content=[{"type": "reasoning", "reasoning": "Hm"}], type="ai"),
        [thought("Hm")],
    ),
    Row("thought", "ai sdk", said([{"type": "reasoning", "text": "Hm"}]), [thought("Hm")]),
    Row(
        "thought",
        "pydantic ai",
        {"kind": "response", "parts": [{"part_kind": "thinking", "content": "Hm"}]},
        [thought("Hm")],
    ),
    Row("thought", "conventions", {"role": "assistant", "parts": [thought("Hm")]}, [thought("Hm")]),
    # --- thoughts of which only a cipher is sent
    Row(
        "redacted",
        "openai responses",
        {"type": "reasoning", "summary": [], "encrypted_content": "xyz"},
        [thought("", encrypted_content="xyz")],
    ),
    Row(
        "redacted",
        "anthropic",
        said([{"type": "redacted_thinking", "data": "xyz"}]),
        [thought("", redacted=True, data="xyz")],
    ),
    Row(
        "redacted",
        "bedrock",
        said([{"reasoningContent": {"redactedContent": "xyz"}}]),
        [thought("", redacted=True, redactedContent="xyz")],
    ),
    # --- refusals
    Row("refusal", "openai chat", said(None, refusal="No"), [{"type": "refusal", "content": "No"}]),
    Row(
        "refusal",
        "openai responses",
        {"type": "message", **said([{"type": "refusal", "refusal": "No"}])},
        [{"type": "refusal", "content": "No"}],
    ),
    Row(
        "refusal",
        "langchain",
        lc("AIMessage", content="", type="ai", additional_kwargs={"refusal": "No"}),
        [{"type": "refusal", "content": "No"}],
    ),
    # --- sources
    Row(
        "citation",
        "openai responses",
        {"type": "message", **said([{"type": "output_text", "text": "9", "annotations": [CITED]}])},
        [text("9", annotations=[CITED])],
    ),
    Row(
        "citation",
        "anthropic",
        said([{"type": "text", "text": "9", "citations": [CITED]}]),
        [text("9", citations=[CITED])],
    ),
    Row(
        "citation",
        "bedrock",
        said([{"citationsContent": {"content": [{"text": "9"}], "citations": [CITED]}}]),
        [text("9", citations=[CITED])],
    ),
    # --- calls of tools
    Row(
        "call", "openai chat", said(None, tool_calls=[{"id": "c1", "type": "function", "function": FUNCTION}]), [call()]
    ),
    Row("call", "openai functions", said(None, function_call=FUNCTION), [call("")]),
    Row("call", "openai responses", {"type": "function_call", "call_id": "c1", "id": "fc", **FUNCTION}, [call()]),
    Row(
        "call",
        "anthropic",
        said([{"type": "tool_use", "id": "c1", "name": "clock", "input": {"zone": "CET"}}]),
        [call()],
    ),
    Row(
        "call",
        "gemini",
        {"role": "model", "parts": [{"functionCall": {"name": "clock", "args": {"zone": "CET"}}}]},
        [call("")],
    ),
    Row(
        "call", "bedrock", said([{"toolUse": {"toolUseId": "c1", "name": "clock", "input": {"zone": "CET"}}}]), [call()]
    ),
    Row("call", "mistral", said("", tool_calls=[{"id": "c1", "function": FUNCTION}]), [call()]),
    Row("call", "cohere", said(None, tool_calls=[{"id": "c1", "type": "function", "function": FUNCTION}]), [call()]),
    Row(
        "call",
        "langchain",
        lc("AIMessage", content="", type="ai", tool_calls=[{"name": "clock", "args": {"zone": "CET"}, "id": "c1"}]),
        [call()],
    ),
    Row(
        "call",
        "ai sdk",
        said([{"type": "tool-call", "toolCallId": "c1", "toolName": "clock", "input": {"zone": "CET"}}]),
        [call()],
    ),
    Row(
        "call",
        "pydantic ai",
        {
            "kind": "response",
            "parts": [{"part_kind": "tool-call", "tool_name": "clock", "args": ZONE, "tool_call_id": "c1"}],
        },
        [call()],
    ),
    Row("call", "conventions", {"role": "assistant", "parts": [{**call(), "arguments": ZONE}]}, [call()]),
    Row(
        "invalid call",
        "langchain",
        lc(
            "AIMessage",
            content="",
            type="ai",
            tool_calls=[],
            invalid_tool_calls=[
                {"name": "clock", "args": '"CET"', "id": "c1", "error": "no object", "type": "invalid_tool_call"}
            ],
        ),
        [{**call(arguments='"CET"'), "error": "no object", "invalid": True}],
    ),
    Row(
        "cut call",
        "openai chat",
        said(None, tool_calls=[{"id": "c1", "function": {"name": "clock", "arguments": '{"zone":'}}]),
        [call(arguments='{"zone":', cut=True)],
    ),
    Row(
        "cut call",
        "openai responses",
        {"type": "function_call", "call_id": "c1", "name": "clock", "arguments": '{"a": 1'},
        [call(arguments='{"a": 1', cut=True)],
    ),
    # --- tools that the provider ran
    Row(
        "provider's tool",
        "openai responses",
        {"type": "mcp_call", "id": "m1", "name": "dice", "arguments": '{"n": 2}', "output": "4", "server_label": "d"},
        [
            {**call("m1", "dice", {"n": 2}), "server_label": "d", "sent_type": "mcp_call"},
            answer("4", "m1", name="dice"),
        ],
    ),
    Row(
        "provider's tool",
        "anthropic",
        said(
            [
                {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "snow"}},
                {
                    "type": "web_search_tool_result",
                    "tool_use_id": "s1",
                    "content": [{"type": "web_search_result", "url": URL}],
                },
            ]
        ),
        [
            call("s1", "web_search", {"query": "snow"}, sent_type="server_tool_use"),
            answer([{"type": "web_search_result", "url": URL}], "s1", sent_type="web_search_tool_result"),
        ],
    ),
    Row(
        "provider's tool",
        "gemini",
        {
            "role": "model",
            "parts": [
                {"executableCode": {"language": "PYTHON", "code": "1+1"}},
                {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "2"}},
            ],
        },
        [
            call("", "code_execution", {"code": "1+1"}, language="PYTHON", sent_type="executableCode"),
            answer("2", "", sent_type="codeExecutionResult"),
        ],
    ),
    # --- what tools answered
    Row("answer", "openai chat", said("12:00", "tool", tool_call_id="c1"), [answer()], "tool"),
    Row("answer", "openai functions", said("12:00", "function", name="clock"), [answer(id_="", name="clock")], "tool"),
    Row(
        "answer",
        "openai responses",
        {"type": "function_call_output", "call_id": "c1", "output": "12:00"},
        [answer()],
        "tool",
    ),
    Row(
        "answer",
        "anthropic",
        said([{"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "12:00"}]}], "user"),
        [answer()],
        "user",
    ),
    Row(
        "answer",
        "gemini",
        {"role": "user", "parts": [{"functionResponse": {"name": "clock", "response": {"t": 12}}}]},
        [answer({"t": 12}, "", name="clock")],
        "user",
    ),
    Row(
        "answer",
        "bedrock",
        said([{"toolResult": {"toolUseId": "c1", "content": [{"text": "12:00"}], "status": "success"}}], "user"),
        [answer()],
        "user",
    ),
    Row("answer", "mistral", said("12:00", "tool", tool_call_id="c1", name="clock"), [answer(name="clock")], "tool"),
    Row("answer", "cohere", said("12:00", "tool", tool_call_id="c1"), [answer()], "tool"),
    Row("answer", "langchain", lc("ToolMessage", content="12:00", type="tool", tool_call_id="c1"), [answer()], "tool"),
    Row(
        "answer",
        "ai sdk",
        said(
            [
                {
                    "type": "tool-result",
                    "toolCallId": "c1",
                    "toolName": "clock",
                    "output": {"type": "text", "value": "12:00"},
                }
            ],
            "tool",
        ),
        [answer(name="clock")],
        "tool",
    ),
    Row(
        "answer",
        "pydantic ai",
        {
            "kind": "request",
            "parts": [{"part_kind": "tool-return", "tool_name": "clock", "content": "12:00", "tool_call_id": "c1"}],
        },
        [answer(name="clock")],
        "tool",
    ),
    Row("answer", "conventions", {"role": "tool", "parts": [answer()]}, [answer()], "tool"),
    Row(
        "failed answer",
        "anthropic",
        said([{"type": "tool_result", "tool_use_id": "c1", "content": "no", "is_error": True}], "user"),
        [answer("no", is_error=True)],
        "user",
    ),
    Row(
        "failed answer",
        "bedrock",
        said([{"toolResult": {"toolUseId": "c1", "content": [{"text": "no"}], "status": "error"}}], "user"),
        [answer("no", is_error=True, status="error")],
        "user",
    ),
    Row(
        "failed answer",
        "langchain",
        lc("ToolMessage", content="no", type="tool", tool_call_id="c1", status="error"),
        [answer("no", is_error=True)],
        "tool",
    ),
    Row(
        "failed answer",
        "ai sdk",
        said(
            [
                {
                    "type": "tool-result",
                    "toolCallId": "c1",
                    "toolName": "clock",
                    "output": {"type": "error-text", "value": "no"},
                }
            ],
            "tool",
        ),
        [answer("no", name="clock", is_error=True)],
        "tool",
    ),
    # --- images, sounds, files
    Row("image", "openai chat", said([{"type": "image_url", "image_url": {"url": PNG}}], "user"), [blob()], "user"),
    Row("image", "openai responses", said([{"type": "input_image", "image_url": PNG}], "user"), [blob()], "user"),
    Row(
        "image",
        "anthropic",
        said([{"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": DATA}}], "user"),
        [blob()],
        "user",
    ),
    Row(
        "image",
        "gemini",
        {"role": "user", "parts": [{"inlineData": {"mimeType": "image/png", "data": DATA}}]},
        [blob()],
        "user",
    ),
    Row("image", "bedrock", said([{"image": {"format": "png", "source": {"bytes": DATA}}}], "user"), [blob()], "user"),
    Row("image", "mistral", said([{"type": "image_url", "image_url": PNG}], "user"), [blob()], "user"),
    Row("image", "cohere", said([{"type": "image_url", "image_url": {"url": PNG}}], "user"), [blob()], "user"),
    Row(
        "image",
        "langchain",
        lc("HumanMessage", content=[{"type": "image", "base64": DATA, "mime_type": "image/png"}], type="human"),
        [blob()],
        "user",
    ),
    Row("image", "ai sdk", said([{"type": "file", "data": DATA, "mediaType": "image/png"}], "user"), [blob()], "user"),
    Row(
        "image",
        "pydantic ai",
        said([{"kind": "binary", "data": DATA, "media_type": "image/png"}], "user"),
        [blob()],
        "user",
    ),
    Row("image", "conventions", {"role": "user", "parts": [blob()]}, [blob()], "user"),
    Row(
        "image address",
        "openai chat",
        said([{"type": "image_url", "image_url": {"url": URL}}], "user"),
        [uri()],
        "user",
    ),
    Row(
        "image address",
        "anthropic",
        said([{"type": "image", "source": {"type": "url", "url": URL}}], "user"),
        [uri()],
        "user",
    ),
    Row(
        "image address",
        "gemini",
        {"role": "user", "parts": [{"fileData": {"mimeType": "image/png", "fileUri": URL}}]},
        [uri(mime_type="image/png")],
        "user",
    ),
    Row(
        "image address",
        "bedrock",
        said([{"image": {"format": "png", "source": {"s3Location": {"uri": URL}}}}], "user"),
        [uri(mime_type="image/png")],
        "user",
    ),
    Row("image address", "pydantic ai", said([{"type": "image-url", "url": URL}], "user"), [uri()], "user"),
    Row(
        "sound",
        "openai chat",
        said([{"type": "input_audio", "input_audio": {"data": DATA, "format": "mp3"}}], "user"),
        [blob("audio", "audio/mp3")],
        "user",
    ),
    Row(
        "sound",
        "gemini",
        {"role": "user", "parts": [{"inline_data": {"mime_type": "audio/wav", "data": DATA}}]},
        [blob("audio", "audio/wav")],
        "user",
    ),
    Row("spoken answer", "openai chat", said(None, audio=AUDIO), [blob("audio", "", id="a1"), text("At nine")]),
    Row(
        "file",
        "openai chat",
        said([{"type": "file", "file": {"file_id": "f1", "filename": "a.pdf"}}], "user"),
        [{"type": "file", "modality": "document", "file_id": "f1", "filename": "a.pdf"}],
        "user",
    ),
    Row(
        "file",
        "openai responses",
        said([{"type": "input_file", "filename": "a.pdf", "file_data": f"data:application/pdf;base64,{DATA}"}], "user"),
        [blob("document", "application/pdf", filename="a.pdf")],
        "user",
    ),
    Row(
        "file",
        "anthropic",
        said(
            [
                {
                    "type": "document",
                    "title": "A",
                    "source": {"type": "base64", "media_type": "application/pdf", "data": DATA},
                }
            ],
            "user",
        ),
        [blob("document", "application/pdf", title="A")],
        "user",
    ),
    Row(
        "file",
        "bedrock",
        said([{"document": {"format": "pdf", "name": "A", "source": {"bytes": DATA}}}], "user"),
        [blob("document", "application/pdf", name="A")],
        "user",
    ),
    Row(
        "file",
        "gemini",
        {"role": "user", "parts": [{"fileData": {"mimeType": "application/pdf", "fileUri": URL}}]},
        [uri("document", mime_type="application/pdf")],
        "user",
    ),
    # --- what nobody knows
    Row("unknown", "anyone", said([{"type": "hologram", "of": "a cat"}]), [{"type": "hologram", "of": "a cat"}]),
]

OPENAI = ("openai chat", "openai responses")
EVERYONE = (
    *OPENAI,
    "anthropic",
    "gemini",
    "bedrock",
    "mistral",
    "cohere",
    "langchain",
    "ai sdk",
    "pydantic ai",
    "conventions",
)
EXPECTED = {
    "text": (*EVERYONE, "openai assistants"),
    "thought": EVERYONE,
    "redacted": ("openai responses", "anthropic", "bedrock"),
    "refusal": (*OPENAI, "langchain"),
    "citation": ("openai responses", "anthropic", "bedrock"),
    "call": (*EVERYONE, "openai functions"),
    "invalid call": ("langchain",),
    "cut call": OPENAI,
    "provider's tool": ("openai responses", "anthropic", "gemini"),
    "answer": (*EVERYONE, "openai functions"),
    "failed answer": ("anthropic", "bedrock", "langchain", "ai sdk"),
    "image": EVERYONE,
    "image address": ("openai chat", "anthropic", "gemini", "bedrock", "pydantic ai"),
    "sound": ("openai chat", "gemini"),
    "spoken answer": ("openai chat",),
    "file": (*OPENAI, "anthropic", "bedrock", "gemini"),
    "unknown": ("anyone",),
}
"""Which providers send which kind."""

ASKED, ANSWERED = said("Why?", "user"), said("So.")
DIRECTIONS = ("request", "history", "answer")
SENDERS = {
    "conventions": (
        {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"},
        "gen_ai.input.messages",
        "gen_ai.output.messages",
    ),
    "openinference": ({"openinference.span.kind": "LLM", "llm.model_name": "m"}, "input.value", "output.value"),
    "langfuse": (
        {"langfuse.observation.type": "generation", "langfuse.observation.model.name": "m"},
        "langfuse.observation.input",
        "langfuse.observation.output",
    ),
    "mlflow": ({"mlflow.spanType": "CHAT_MODEL"}, "mlflow.spanInputs", "mlflow.spanOutputs"),
    "laminar": ({"lmnr.span.type": "LLM"}, "lmnr.span.input", "lmnr.span.output"),
    "langsmith": ({"langsmith.span.kind": "llm", "gen_ai.request.model": "m"}, "gen_ai.prompt", "gen_ai.completion"),
    "ai sdk": ({"ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "m"}, "ai.prompt.messages", None),
}
"""How the senders say that a span is a call, and where they put what was asked and answered."""


def read(sender: str, direction: str, raw: Any) -> list[dict[str, Any]]:
    """The messages that a sender's span is read as, where it holds that message in that direction."""
    base, asked_in, answered_in = SENDERS[sender]
    attributes = dict(base)
    if direction == "answer":
        attributes[asked_in] = json.dumps([ASKED])
        attributes[str(answered_in)] = json.dumps([raw])
    else:
        history = [ASKED, raw] if direction == "request" else [ASKED, raw, ANSWERED, ASKED]
        attributes[asked_in] = json.dumps(history)
    [span] = forms.read_both(forms.traces_request({"name": "call", "attributes": attributes})).spans
    assert span.kind == "llm"
    if direction == "answer":
        return span.output_messages
    return span.input_messages[1 : None if direction == "request" else -2]


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("direction", DIRECTIONS)
def test_a_part_is_read_as_what_it_is(sender, direction):
    if direction == "answer" and SENDERS[sender][2] is None:
        pytest.skip("this sender takes its answers apart")
    wrong = []
    for row in TABLE:
        found = read(sender, direction, row.raw)
        parts, roles = [part for message in found for part in message["parts"]], {m["role"] for m in found}
        if (parts, roles) != (row.parts, {row.role}):
            wrong.append((row.kind, row.provider, found))
    assert wrong == []


def test_no_row_is_missing():
    have = {(row.kind, row.provider) for row in TABLE}
    assert have == {(kind, provider) for kind, providers in EXPECTED.items() for provider in providers}


def test_what_was_read_is_read_as_the_same_again():
    for row in TABLE:
        message = {"role": row.role, "parts": row.parts}
        assert read("conventions", "request", message) == [message], row


def test_only_what_somebody_said_is_searched_as_that():
    for row in TABLE:
        base, asked_in, answered_in = SENDERS["conventions"]
        attributes = {**base, asked_in: json.dumps([ASKED]), answered_in: json.dumps([row.raw])}
        [span] = forms.read_both(forms.traces_request({"name": "call", "attributes": attributes})).spans
        spoken = [part["content"] for part in row.parts if part["type"] in ("text", "refusal")]
        assert span.said.split("\x1e")[1] == "\n".join(spoken), row
