"""One trace: spans in full, light and one by one; whose it is and why; scores on it."""

import json
import time

import pytest
from server.tests.ingest.otlp_forms import protobuf

from .running import attribute, call, message, span, traces_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

T = 0x71ACE000


async def test_a_trace_tells_its_spans_in_order_with_everything_in_them(server):
    now = time.time_ns()
    root = span(
        T, at_ns=now, lasts_ms=3_000, name="answer", session__id="ts-1", user__id="tu-1", baserun__span__kind="agent"
    )
    model = call(
        T, at_ns=now + 10**6, parent=root["spanId"], gen_ai__request__temperature=0.5, gen_ai__response__id="resp-1"
    )
    tool = span(
        T,
        at_ns=now + 2 * 10**6,
        parent=root["spanId"],
        name="execute_tool search",
        baserun__span__kind="tool",
        gen_ai__tool__name="search",
        gen_ai__tool__call__id="c1",
        gen_ai__tool__call__arguments={"q": "x"},
        gen_ai__tool__call__result=[1, 2],
        error="timeout",
    )
    await server.send(
        "traces", traces_of(tool, model, root, deployment__environment__name="test", service__version="1.9")
    )
    await server.settled()
    trace = await server.get(f"/traces/{T:032x}")
    assert [one["span_id"] for one in trace["spans"]] == [root["spanId"], model["spanId"], tool["spanId"]]
    assert (trace["session_id"], trace["user_id"], trace["name"]) == ("ts-1", "tu-1", "answer")
    assert (trace["spans_total"], trace["spans_omitted"], trace["llm_calls"], trace["errors"]) == (3, 0, 1, 1)
    assert (trace["environment"], trace["release"]) == ("test", "1.9")
    llm, used = trace["spans"][1:]
    assert (llm["kind"], llm["model"], llm["parameters"]) == ("llm", "gpt-4.1-mini", {"temperature": 0.5})
    assert llm["input_messages"] == [{**message("user", "Hi"), "finish_reason": None}]
    assert llm["usage"]["input_tokens"] == 10
    assert llm["cost_source"] == "computed"
    assert llm["cost_usd"] == pytest.approx(trace["cost_usd"])
    assert used["tool"] == {"name": "search", "call_id": "c1", "arguments": {"q": "x"}, "result": [1, 2]}
    assert (used["status"], used["status_message"]) == ("error", "timeout")
    assert used["attributes"]["gen_ai.tool.name"] == "search"
    alone = await server.get(f"/traces/{T:032x}/spans/{model['spanId']}")
    assert alone == llm
    by_call = (await server.get("/search", q="resp-1"))["items"]
    assert [item["url"] for item in by_call] == [f"/traces/{T:032x}?span={model['spanId']}"]


async def test_a_light_trace_holds_the_same_spans_as_columns(server):
    now = time.time_ns()
    root = span(T + 1, at_ns=now, lasts_ms=100, name="root")
    orphan = span(T + 1, at_ns=now + 10**6, parent="f" * 16, name="lost")
    children = [call(T + 1, at_ns=now + n * 10**6, parent=root["spanId"]) for n in range(2, 30)]
    await server.send("traces", traces_of(*children, orphan, root))
    await server.settled()
    full = await server.get(f"/traces/{T + 1:032x}")
    light = (await server.get(f"/traces/{T + 1:032x}", spans="light"))["spans"]
    assert light["span_id"] == [one["span_id"] for one in full["spans"]]
    assert [light["names"][i] for i in light["name"]] == [one["name"] for one in full["spans"]]
    assert [None if i is None else light["span_id"][i] for i in light["parent"]] == [
        one["parent_span_id"] if one["parent_span_id"] != "f" * 16 else None for one in full["spans"]
    ]
    assert light["orphan"] == [1]
    assert [us / 1_000 for us in light["duration_us"]] == [one["duration_ms"] for one in full["spans"]]
    assert light["start_us"][:3] == [0, 1_000, 2_000]
    assert light["tokens"][2] == 15


async def test_the_user_set_late_on_any_span_covers_the_trace_and_says_where_from(server):
    now = time.time_ns()
    child = call(
        T + 2,
        at_ns=now + 10**6,
        parent="e" * 16,
        baserun__provider__user="hash-9",
        baserun__provider__user_field="user",
    )
    await server.send("traces", traces_of(child))
    await server.settled()
    first = await server.get(f"/traces/{T + 2:032x}")
    assert (first["user_id"], first["identity"]["user"]["source"]) == ("hash-9", "provider")
    assert first["identity"]["session"] is None
    root = {**span(T + 2, at_ns=now, session__id="ts-2", user__id="tu-2"), "spanId": "e" * 16}
    await server.send("traces", traces_of(root))
    await server.settled()
    later = await server.get(f"/traces/{T + 2:032x}")
    assert (later["user_id"], later["session_id"]) == ("tu-2", "ts-2")
    assert later["identity"]["user"]["span_id"] == "e" * 16
    assert [lost["value"] for lost in later["identity"]["user"]["overrode"]] == ["hash-9"]
    (row,) = (await server.get("/traces", session="ts-2"))["items"]
    assert row["user_id"] == "tu-2"


async def test_a_call_recorded_twice_counts_once_and_names_the_one_that_counts(server):
    now = time.time_ns()
    first = call(T + 3, at_ns=now, gen_ai__response__id="same")
    second = call(T + 3, at_ns=now + 10**6, gen_ai__response__id="same")
    await server.send("traces", traces_of(first, second))
    await server.settled()
    trace = await server.get(f"/traces/{T + 3:032x}")
    assert trace["llm_calls"] == 1
    assert [one["duplicate_of"] for one in trace["spans"]] == [None, first["spanId"]]
    light = (await server.get(f"/traces/{T + 3:032x}", spans="light"))["spans"]
    assert light["duplicate"] == [1]


async def test_large_content_is_cut_in_pages_and_whole_where_it_is_asked_for(server):
    picture = {"type": "blob", "mime_type": "image/png", "modality": "image", "content": "iVBOR" * 20_000}
    said = [{"role": "user", "parts": [{"type": "text", "content": "word " * 10_000}, picture]}]
    large = call(T + 4, at_ns=time.time_ns(), session__id="ts-4", gen_ai__input__messages=said)
    await server.send("traces", traces_of(large))
    await server.settled()
    cut = (await server.get(f"/traces/{T + 4:032x}"))["spans"][0]
    words, image = cut["input_messages"][0]["parts"]
    assert (words["truncated"], words["bytes"], len(words["content"])) == (True, 50_000, 16_384)
    assert (image["truncated"], image["mime_type"], "content" in image) == (True, "image/png", False)
    answer = await server.client.get("/api/v1/sessions/ts-4/turns")
    assert len(answer.content) < 30_000
    whole = await server.get(f"/traces/{T + 4:032x}/spans/{large['spanId']}", content="full")
    assert whole["input_messages"][0]["parts"] == said[0]["parts"]


async def test_a_trace_of_thousands_of_spans_is_whole_in_the_light_form(server):
    now = time.time_ns()
    root = span(T + 5, at_ns=now, lasts_ms=9_000)
    spans = [span(T + 5, at_ns=now + (n + 1) * 10**6, parent=root["spanId"]) for n in range(2_499)]
    await server.send("traces", traces_of(root, *spans))
    await server.settled()
    full = await server.get(f"/traces/{T + 5:032x}")
    assert (len(full["spans"]), full["spans_omitted"], full["spans_total"]) == (1_000, 1_500, 2_500)
    light = await server.get(f"/traces/{T + 5:032x}", spans="light")
    assert len(light["spans"]["span_id"]) == 2_500
    last = spans[-1]["spanId"]
    assert (await server.get(f"/traces/{T + 5:032x}/spans/{last}"))["span_id"] == last


async def test_a_score_is_kept_once_and_read_on_its_trace(server):
    one = call(T + 6, at_ns=time.time_ns(), session__id="ts-6", user__id="tu-6")
    await server.send("traces", traces_of(one))
    given = {
        "name": "helpful",
        "value": 0,
        "label": "down",
        "comment": "useless",
        "score_id": "score-6",
        "trace_id": f"{T + 6:032x}",
        "span_id": one["spanId"],
        "metadata": {"stars": 1},
    }
    for _ in range(2):
        answer = await server.client.post("/api/v1/scores", json=given)
        assert (answer.status_code, answer.json()) == (202, {"id": "score-6"})
    await server.settled()
    trace = await server.get(f"/traces/{T + 6:032x}")
    (score,) = trace["scores"]
    assert (score["comment"], score["span_id"], score["metadata"]) == ("useless", one["spanId"], {"stars": 1})
    assert trace["feedback_down"] == 1
    assert (await server.get("/users/tu-6"))["feedback_down"] == 1
    assert (await server.get("/scores", trace=f"{T + 6:032x}"))["items"] == [score]
    found = await server.get("/traces", filter="score.helpful<0.5 session:ts-6")
    assert len(found["items"]) == 1


@pytest.mark.parametrize(
    "score",
    [
        {},
        {"name": "x", "value": 1},
        {"name": "x", "trace_id": "a" * 32},
        {"name": "x", "value": "high", "user_id": "u"},
        {"name": "x", "value": 1, "trace_id": "A" * 32},
        {"name": "x", "value": 1, "span_id": "a" * 16, "user_id": "u"},
        {"name": "x", "value": 1, "user_id": "u", "colour": "red"},
    ],
    ids=str,
)
async def test_a_score_that_judges_or_says_nothing_is_refused(server, score):
    answer = await server.client.post("/api/v1/scores", json=score)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_parameter"


async def test_scores_are_walked_newest_first(server):
    for n in range(7):
        score = {"name": "walk", "value": n, "user_id": "scored", "score_id": f"walk-{n}"}
        assert (await server.client.post("/api/v1/scores", json=score)).status_code == 202
    await server.settled()
    met, cursor = [], {}
    while True:
        page = await server.get("/scores", user="scored", limit=3, **cursor)
        met += [score["value"] for score in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert met == [6, 5, 4, 3, 2, 1, 0]


@pytest.mark.parametrize("address", ["/traces/nothing", f"/traces/{T:032x}/spans/nothing", "/traces/" + "0" * 32])
async def test_what_there_is_not_is_not_found(server, address):
    assert (await server.refusal(address, 404))["code"] == "not_found"


async def test_messages_that_came_in_log_records_long_before_their_span_are_read_with_it(server):
    made = span(
        0x7C0001,
        at_ns=time.time_ns(),
        name="chat gpt-4.1-mini",
        gen_ai__operation__name="chat",
        gen_ai__provider__name="openai",
        gen_ai__request__model="gpt-4.1-mini",
        session__id="apart",
    )
    details = {
        "gen_ai.operation.name": "chat",
        "gen_ai.input.messages": [message("user", "Where is my order?")],
        "gen_ai.output.messages": [message("assistant", "It ships today.")],
    }
    record = {
        "timeUnixNano": made["startTimeUnixNano"],
        "eventName": "gen_ai.client.inference.operation.details",
        "traceId": made["traceId"],
        "spanId": made["spanId"],
        "attributes": [attribute(key, value) for key, value in details.items()],
    }
    await server.send("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]})
    await server.settled()
    await server.send("traces", traces_of(made))
    await server.settled()
    for read in (
        (await server.get(f"/traces/{made['traceId']}"))["spans"][0],
        await server.get(f"/traces/{made['traceId']}/spans/{made['spanId']}"),
    ):
        assert read["input_messages"][0]["parts"][0]["content"] == "Where is my order?"
        assert read["output_messages"][0]["parts"][0]["content"] == "It ships today."
    (turn,) = (await server.get("/sessions/apart/turns"))["items"]
    assert [said["parts"][0]["content"] for said in turn["new_messages"]] == ["Where is my order?", "It ships today."]


async def test_messages_that_come_after_their_span_are_in_the_lists_too(server):
    trace, at_ns = f"{0x5E9A:032x}", time.time_ns()
    silent = call(
        trace, at_ns=at_ns, answer="", gen_ai__input__messages=None, session__id="came-apart", user__id="parted"
    )
    await server.send("traces", traces_of(silent))
    await server.settled()
    place = {"traceId": trace, "spanId": silent["spanId"]}
    said = [
        ("gen_ai.user.message", {"content": "Where am I?"}),
        ("gen_ai.user.message", {"content": "And who are you?"}),
        ("gen_ai.choice", {"index": 0, "message": {"role": "assistant", "content": "A clerk."}}),
    ]
    records = [
        {"eventName": name, "body": kvlist(body), "timeUnixNano": str(at_ns + n * 1_000), **place}
        for n, (name, body) in enumerate(said)
    ]
    await server.send("logs", {"resourceLogs": [{"scopeLogs": [{"logRecords": records}]}]})
    await server.settled()
    (item,) = (await server.get("/traces", session="came-apart"))["items"]
    assert (item["input_preview"], item["output_preview"]) == ("And who are you?", "A clerk.")
    session = await server.get("/sessions/came-apart")
    assert (session["first_input"], session["last_output"]) == ("And who are you?", "A clerk.")


def details_of(span_: dict, *messages: dict) -> dict:
    """A log record with what a span lacks."""
    return {
        "timeUnixNano": span_["startTimeUnixNano"],
        "eventName": "gen_ai.client.inference.operation.details",
        "traceId": span_["traceId"],
        "spanId": span_["spanId"],
        "attributes": [attribute("gen_ai.input.messages", list(messages))],
    }


def logs_of(*records: dict) -> dict:
    """An OTLP request for logs."""
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]}


async def said_in_trace(server, trace_id: str) -> list[str]:
    """What went into the only call of a trace."""
    (read,) = (await server.get(f"/traces/{trace_id}"))["spans"]
    return [part["content"] for said in read["input_messages"] for part in said["parts"]]


async def post_logs(server, request: dict, *, as_protobuf: bool) -> None:
    headers = {"content-type": "application/x-protobuf"} if as_protobuf else {}
    body = protobuf(request) if as_protobuf else json.dumps(request).encode()
    answer = await server.client.post("/v1/logs", content=body, headers={"content-type": "application/json"} | headers)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("first_comes", ["span", "content"])
@pytest.mark.parametrize("in_one_batch", [True, False])
async def test_content_sent_apart_is_shown_and_found_once_though_it_is_sent_again(server, first_comes, in_one_batch):
    number = 0x5EC0 + 2 * (first_comes == "span") + in_one_batch
    word = f"zebra{number}"
    silent = call(number, at_ns=time.time_ns(), answer="", gen_ai__input__messages=None, session__id=f"apart-{number}")
    span_, content = traces_of(silent), logs_of(details_of(silent, message("user", f"Where is my {word}?")))

    async def send_content() -> None:
        for as_protobuf in (False, True, False):
            await post_logs(server, content, as_protobuf=as_protobuf)
            if not in_one_batch:
                await server.settled()

    if first_comes == "content":
        await send_content()
    for _ in range(2):
        await server.send("traces", span_)
    if not in_one_batch:
        await server.settled()
    if first_comes == "span":
        await send_content()
    await server.settled()

    assert await said_in_trace(server, silent["traceId"]) == [f"Where is my {word}?"]
    (item,) = (await server.get("/traces", filter=f"said:{word}"))["items"]
    assert item["input_preview"] == f"Where is my {word}?"
    (found,) = (await server.get("/search", q=word))["items"]
    assert (found["type"], found["id"]) == ("trace", silent["traceId"])
    (match,) = (await server.get(f"/sessions/apart-{number}/search", q=word))["items"]
    assert (match["span_id"], match["role"]) == (silent["spanId"], "user")


async def test_messages_of_one_call_follow_each_other_by_time_then_as_they_were_sent(server):
    silent = call(0x5ED0, at_ns=time.time_ns() // 1000 * 1000, answer="", gen_ai__input__messages=None)
    at_ns = int(silent["startTimeUnixNano"])
    texts = [f"message {number}" for number in range(12)]
    same_time = [details_of(silent, message("user", text)) for text in texts]
    earlier = {**details_of(silent, message("user", "before them")), "timeUnixNano": str(at_ns - 1_000)}
    later = [{**details_of(silent, message("user", f"+{n} ns")), "timeUnixNano": str(at_ns + n)} for n in (2, 1)]
    # In two requests, as exporters cut them, with one record twice in the first.
    await server.send("logs", logs_of(*later, *same_time[:6], same_time[0]))
    await server.send("traces", traces_of(silent))
    await server.send("logs", logs_of(*same_time[6:], earlier))
    await server.settled()

    assert await said_in_trace(server, silent["traceId"]) == ["before them", *texts, "+1 ns", "+2 ns"]


async def test_a_call_that_is_sent_again_with_its_messages_is_found_by_those_alone(server):
    silent = call(0x5EE0, at_ns=time.time_ns(), answer="", gen_ai__input__messages=None)
    await server.send("traces", traces_of(silent))
    await server.send("logs", logs_of(details_of(silent, message("user", "the okapi"))))
    await server.settled()
    assert len((await server.get("/search", q="okapi"))["items"]) == 1

    speaking = call(0x5EE0, at_ns=int(silent["startTimeUnixNano"]), said="the axolotl", answer="yes")
    await server.send("traces", traces_of({**speaking, "spanId": silent["spanId"]}))
    await server.settled()

    assert await said_in_trace(server, silent["traceId"]) == ["the axolotl"]
    assert [len((await server.get("/search", q=word))["items"]) for word in ("axolotl", "okapi")] == [1, 0]


def kvlist(value) -> dict:
    """A value of OTLP: an object of texts and objects."""
    if not isinstance(value, dict):
        return {"stringValue": str(value)}
    return {"kvlistValue": {"values": [{"key": key, "value": kvlist(item)} for key, item in value.items()]}}


async def test_a_span_that_was_sent_again_is_shown_once_in_its_newest_form(server):
    """Also where it then names a session, and so stands in another place of the store."""
    now = time.time_ns()
    first = call(T + 0xA6A, at_ns=now, said="hello", answer="one", user__id="tu-again")
    second = {
        **call(T + 0xA6A, at_ns=now, said="hello", answer="two", session__id="ts-again", user__id="tu-again"),
        "spanId": first["spanId"],
    }
    for one in (first, second, second):
        await server.send("traces", traces_of(one))
        await server.settled()
    (shown,) = (await server.get(f"/traces/{T + 0xA6A:032x}"))["spans"]
    (turn,) = (await server.get("/sessions/ts-again/turns"))["items"]
    light = (await server.get(f"/traces/{T + 0xA6A:032x}", spans="light"))["spans"]
    assert light["span_id"] == [shown["span_id"]] == [first["spanId"]]
    assert shown["output_messages"][0]["parts"][0]["content"] == "two"
    assert turn["new_messages"][-1]["parts"][0]["content"] == "two"
    assert turn["llm_calls"] == 1
