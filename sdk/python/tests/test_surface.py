"""Every documented call of both generations of the SDK does what its documentation said."""

import asyncio
import threading

import httpx2
import openai
import pytest

import baserun
from baserun.context._scope import current

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}],
}


def http_client():
    return httpx2.Client(transport=httpx2.MockTransport(lambda _: httpx2.Response(200, json=ANSWER)))


def openai_client(**more):
    return openai.OpenAI(api_key="sk-own", base_url="https://api.example.com/v1", http_client=http_client(), **more)


def ask(client, **more):
    return client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], **more)


def events(captured, name):
    return [record for record in captured.logs if record["eventName"] == name]


# -- traces -----------------------------------------------------------------------------------------------------------


@baserun.trace
def bare(question, *, language="en"):
    return {"answer": question.upper(), "language": language}


@baserun.trace(name="named", metadata={"answer_id": 7, "nested": {"a": [1]}})
def named():
    return None


@baserun.trace("tool", kind="tool")
def tool(city):
    return f"rain in {city}"


class Agent:
    @baserun.trace
    def method(self, text):
        return text

    @baserun.trace
    @staticmethod
    def static(text):
        return text

    @baserun.trace
    @classmethod
    def of_class(cls, text):
        return text


def test_a_traced_function_records_arguments_result_and_metadata(captured):
    assert bare("why?", language="it") == {"answer": "WHY?", "language": "it"}
    named()

    first, second = captured.spans
    assert first["name"] == "bare"
    assert first["attributes"]["baserun.span.kind"] == "chain"
    assert first["attributes"]["baserun.input"] == {"question": "why?", "language": "it"}
    assert first["attributes"]["baserun.output"] == {"answer": "WHY?", "language": "it"}
    assert second["name"] == "named"
    assert second["attributes"]["baserun.metadata.answer_id"] == 7
    assert second["attributes"]["baserun.metadata.nested"] == '{"a":[1]}'


def test_a_traced_tool_is_a_tool_span(captured):
    tool("Rome")

    attributes = captured.spans[0]["attributes"]
    assert attributes["gen_ai.operation.name"] == "execute_tool"
    assert attributes["gen_ai.tool.name"] == "tool"
    assert attributes["gen_ai.tool.call.arguments"] == {"city": "Rome"}
    assert attributes["gen_ai.tool.call.result"] == "rain in Rome"


def test_methods_of_every_kind_are_traced_without_themselves_as_argument(captured):
    agent = Agent()
    assert agent.method("a") == "a"
    assert Agent.static("b") == "b"
    assert Agent.of_class("c") == "c"

    assert [span["attributes"]["baserun.input"] for span in captured.spans] == [
        {"text": "a"},
        {"text": "b"},
        {"text": "c"},
    ]


def test_an_exception_is_recorded_and_goes_on(captured):
    @baserun.trace
    def fails():
        raise KeyError("missing")

    with pytest.raises(KeyError):
        fails()

    (span,) = captured.spans
    assert span["status"] == {"code": 2, "message": "'missing'"}
    assert span["attributes"]["error.type"] == "KeyError"
    assert "in fails" in span["events"][0]["attributes"]["exception.stacktrace"]


def test_a_trace_inside_a_trace_is_a_step_of_it(captured):
    with baserun.start_trace("outer") as outer, baserun.start_trace("inner"):
        pass

    inner, root = captured.spans
    assert root["traceId"] == inner["traceId"] == outer.id
    assert inner["parentSpanId"] == root["spanId"]


def test_results_and_metadata_can_be_assigned_before_and_after_the_end(captured):
    with baserun.start_trace("answer", topic="refunds") as trace:
        trace.result = {"ok": True}
        trace.metadata["more"] = 1
        trace.tag("vip")
    trace.result = "late"

    (span,) = captured.spans
    assert span["attributes"]["baserun.output"] == {"ok": True}
    assert span["attributes"]["baserun.metadata.topic"] == "refunds"
    assert span["attributes"]["baserun.metadata.more"] == 1
    assert span["attributes"]["baserun.tags"] == ["vip"]
    (update,) = events(captured, "baserun.trace.update")
    assert update["attributes"]["baserun.output"] == "late"
    assert update["traceId"] == span["traceId"]


def test_a_trace_that_does_not_end_with_its_block_ends_when_it_is_told(captured):
    with baserun.start_trace("job", end_on_exit=False) as trace:
        pass
    assert captured.spans == []
    trace.end()
    trace.end()

    assert len(captured.spans) == 1


def test_an_unnamed_trace_has_the_name_of_the_function_around_it(captured):
    with baserun.start_trace():
        pass

    assert captured.spans[0]["name"] == "test_an_unnamed_trace_has_the_name_of_the_function_around_it"


def test_what_a_generator_gave_is_the_result_of_its_trace(captured):
    @baserun.trace
    def words():
        yield "one "
        yield "two"

    @baserun.trace
    async def numbers():
        yield 1
        yield 2

    async def consume():
        return [number async for number in numbers()]

    assert "".join(words()) == "one two"
    assert asyncio.run(consume()) == [1, 2]
    assert [span["attributes"]["baserun.output"] for span in captured.spans] == ["one two", [1, 2]]


def test_a_traced_generator_passes_on_what_is_sent_thrown_and_returned(captured):
    @baserun.trace
    def echo():
        received = yield 1
        try:
            yield received
        except ValueError:
            yield "caught"
        return "done"

    generator = echo()
    assert next(generator) == 1
    assert generator.send("sent") == "sent"
    assert generator.throw(ValueError()) == "caught"
    with pytest.raises(StopIteration) as stop:
        next(generator)
    assert stop.value.value == "done"


async def test_parallel_traces_keep_their_own_logs(captured):
    async def work(name):
        with baserun.start_trace(name):
            await asyncio.sleep(0.01)
            baserun.log("said", name)

    await asyncio.gather(*[work(f"trace {number}") for number in range(20)])

    ids = {span["name"]: span["traceId"] for span in captured.spans}
    for record in events(captured, "baserun.log"):
        assert record["traceId"] == ids[record["body"]]


def test_a_trace_can_be_continued_by_its_id_also_when_that_is_no_id_of_ours(captured):
    with baserun.start_trace("first", trace_id="order-77"):
        pass
    with baserun.start_trace("second", trace_id="order-77"):
        pass

    first, second = captured.spans
    assert first["traceId"] == second["traceId"]


def test_the_current_trace_can_be_asked_for(captured):
    assert baserun.current_trace() is None
    with baserun.start_trace("answer") as trace:
        assert baserun.current_trace() is trace


def test_arguments_are_recorded_as_they_were_at_the_call(captured):
    @baserun.trace
    def grow(items):
        items.append("later")

    grow(["first"])

    assert captured.spans[0]["attributes"]["baserun.input"] == {"items": ["first"]}


# -- what is noted ----------------------------------------------------------------------------------------------------


def test_logs_tags_and_variables_of_the_first_generation(captured):
    with baserun.with_session("ada", "s-1"), baserun.start_trace("answer") as trace:
        baserun.log("retrieved", {"documents": 3})
        baserun.log("just a message")
        baserun.tag("topic", {"any": ["value"]})
        baserun.variable("city", "Rome")
        baserun.submit_input_variable("country", "Italy", label="where")

    retrieved, message = events(captured, "baserun.log")
    assert retrieved["body"] == {"documents": 3}
    assert retrieved["attributes"]["baserun.log.name"] == "retrieved"
    assert message["body"] == "just a message"
    (tag,) = events(captured, "baserun.tag")
    assert tag["attributes"]["baserun.tag.value"] == {"any": ["value"]}
    city, country = events(captured, "baserun.variable")
    assert city["attributes"]["baserun.variable.value"] == "Rome"
    assert country["attributes"]["baserun.metadata.label"] == "where"
    for record in (retrieved, message, tag, city, country):
        assert record["traceId"] == trace.id
        assert record["attributes"]["session.id"] == "s-1"
        assert record["attributes"]["user.id"] == "ada"


def test_logs_tags_and_feedback_about_an_earlier_trace(captured):
    trace_id = "0" * 31 + "7"
    baserun.log("a message", trace_id=trace_id)
    baserun.tag("topic", "refunds", trace_id, completion_id="c-1")
    baserun.feedback("helpful", 0.9, trace_id=trace_id)

    log, tag, score = captured.logs
    assert log["body"] == "a message"
    assert tag["attributes"]["baserun.completion.id"] == "c-1"
    assert score["attributes"]["gen_ai.evaluation.score.value"] == 0.9
    assert {record["traceId"] for record in captured.logs} == {trace_id}


def test_a_log_outside_any_trace_is_kept(captured):
    baserun.log("note", "alone")

    assert "traceId" not in events(captured, "baserun.log")[0]


@pytest.mark.parametrize(
    ("given", "value"),
    [({"thumbsup": True}, 1.0), ({"stars": 4}, 0.8), ({"score": 0.3, "thumbsup": True}, 0.3), ({}, None)],
)
def test_feedback_counts_a_score_before_thumbs_before_stars(captured, given, value):
    baserun.feedback(**given)

    (record,) = captured.logs
    assert record["attributes"]["gen_ai.evaluation.name"] == "General Feedback"
    assert record["attributes"].get("gen_ai.evaluation.score.value") == value


def test_checks_record_a_score_and_return_what_they_were_given(captured):
    with baserun.start_trace("answer"):
        assert baserun.check("polite", "please", score=0.9) == "please"
        baserun.check(name="short", result=False)
        assert baserun.check_equals("same", "a", ["a", "b"])
        assert not baserun.check_includes("has", "abc", "zzc")
        assert not baserun.evals.includes("n", "abc", "zzc")
        assert baserun.evals.match("m", "abc", "ab")
        assert baserun.evals.fuzzy_match("f", "Hello,  World", "hello, world")
        assert not baserun.evals.valid_json("j", "{")
        assert baserun.evals.custom("c", "x", lambda text: 0.5) == 0.5

    scores = [
        (record["attributes"]["gen_ai.evaluation.name"], record["attributes"]["gen_ai.evaluation.score.label"])
        for record in captured.logs
    ]
    assert scores == [
        ("polite", "pass"),
        ("short", "fail"),
        ("same", "pass"),
        ("has", "fail"),
        ("n", "fail"),
        ("m", "pass"),
        ("f", "pass"),
        ("j", "fail"),
        ("c", "pass"),
    ]


def test_an_annotation_is_recorded_when_it_is_submitted(captured):
    with baserun.with_session("ada", "s-1"), baserun.start_trace("answer") as trace:
        annotation = baserun.annotate("chatcmpl-1")
    annotation.feedback("helpful", thumbsup=True, metadata={"comment": "thanks"})
    annotation.check_includes("has", ["a"], "abc")
    annotation.log("note", {"a": 1})
    annotation.input("city", "Rome")
    before = len(captured.logs)
    annotation.submit()

    submitted = captured.logs[before:]
    assert [record["eventName"] for record in submitted] == [
        "gen_ai.evaluation.result",
        "gen_ai.evaluation.result",
        "baserun.log",
        "baserun.variable",
    ]
    for record in submitted:
        assert record["traceId"] == trace.id
        assert record["attributes"]["user.id"] == "ada"
        assert record["attributes"]["gen_ai.response.id"] == "chatcmpl-1"


def test_users_are_registered_and_described(captured):
    baserun.submit_user("ada")
    baserun.identify("ada", {"plan": "pro", "seats": 3}, alias="anonymous-1")
    with baserun.with_session("bob", "s-2"):
        baserun.identify(traits={"name": "Bob"})

    first, second, third = events(captured, "baserun.user.identify")
    assert first["attributes"]["user.id"] == "ada"
    assert second["attributes"]["baserun.trait.plan"] == "pro"
    assert second["attributes"]["baserun.trait.seats"] == 3
    assert second["attributes"]["baserun.user.alias"] == "anonymous-1"
    assert third["attributes"]["user.id"] == "bob"
    assert third["attributes"]["session.id"] == "s-2"


def test_what_is_left_out_says_why():
    for name in ("format_prompt", "get_templates", "create_dataset", "evaluate", "Experiment"):
        with pytest.raises(NotImplementedError, match=f"baserun.{name}"):
            getattr(baserun, name)("x")
    with pytest.raises(NotImplementedError, match="judge with your own code"):
        baserun.evals.model_graded_fact("n", "q", "e", "s")
    with pytest.raises(AttributeError):
        _ = baserun.nothing_of_the_kind


# -- clients of the second generation ---------------------------------------------------------------------------------


def test_init_with_a_client_returns_that_very_client_with_its_own_settings(captured):
    client = openai_client()
    same = baserun.init(
        client, user="ada", session="s-1", name="support", metadata={"tier": "gold"}, url="http://127.0.0.1:9"
    )
    completion = ask(same)

    assert same is client
    assert isinstance(client, openai.OpenAI)
    assert client.api_key == "sk-own"
    assert type(completion) is openai.types.chat.ChatCompletion
    (span,) = captured.spans
    assert span["attributes"]["user.id"] == "ada"
    assert span["attributes"]["session.id"] == "s-1"
    assert span["attributes"]["baserun.trace.name"] == "support"
    assert span["attributes"]["baserun.metadata.tier"] == "gold"
    assert span["traceId"] == client.trace_id.replace("-", "")


def test_a_recorded_client_takes_every_documented_argument(captured):
    client = baserun.OpenAI(
        api_key="sk", base_url="https://api.example.com/v1", http_client=http_client(),
        user="ada", session="s-1", trace_id="my trace", name="n", metadata={"a": 1}, result="r",
    )  # fmt: skip
    ask(client, name="call", variables={"city": "Rome"}, template="greeting", metadata={"b": 2}, completion_id="c-1")
    client.session = "s-2"
    ask(client)
    client.result = "done"
    client.feedback(0.9, metadata={"comment": "fine"})
    client.tag("topic", ["x"])
    client.log("message")
    client.with_options(timeout=3).chat.completions.create(model="m", messages=[])

    first, second, third = captured.spans
    assert isinstance(client, openai.OpenAI)
    assert first["attributes"]["baserun.variable.city"] == "Rome"
    assert first["attributes"]["baserun.template"] == "greeting"
    assert first["attributes"]["baserun.completion.id"] == "c-1"
    assert first["attributes"]["baserun.metadata.b"] == 2
    assert [span["attributes"]["session.id"] for span in (first, second, third)] == ["s-1", "s-2", "s-2"]
    assert len({span["traceId"] for span in (first, second, third)}) == 1
    results = [record["attributes"]["baserun.output"] for record in events(captured, "baserun.trace.update")]
    assert results == ["r", "done"]
    (score,) = events(captured, "gen_ai.evaluation.result")
    assert score["attributes"]["gen_ai.evaluation.score.value"] == 0.9
    assert score["traceId"] == first["traceId"]


def test_a_session_around_holds_before_what_a_shared_client_says(captured):
    client = baserun.init(openai_client(), user="the app", url="http://127.0.0.1:9")

    def serve(user):
        with baserun.with_session(user, f"s-{user}"):
            ask(client)

    threads = [threading.Thread(target=serve, args=(user,)) for user in ("ada", "bob", "cyd")]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert {(span["attributes"]["user.id"], span["attributes"]["session.id"]) for span in captured.spans} == {
        ("ada", "s-ada"),
        ("bob", "s-bob"),
        ("cyd", "s-cyd"),
    }


async def test_an_asynchronous_recorded_client(captured):
    async def answer(_):
        return httpx2.Response(200, json=ANSWER)

    client = baserun.AsyncOpenAI(
        api_key="sk",
        base_url="https://api.example.com/v1",
        http_client=httpx2.AsyncClient(transport=httpx2.MockTransport(answer)),
        user="ada",
    )
    await ask(client, name="call")

    assert captured.spans[0]["attributes"]["user.id"] == "ada"
    assert captured.spans[0]["attributes"]["baserun.metadata.name"] == "call"


def test_anthropic_clients_are_there_as_well(captured):
    client = baserun.Anthropic(api_key="k", user="ada", metadata={"a": 1})

    assert client.user == "ada"
    assert client.messages is not None


def test_what_is_no_client_comes_back_as_it_is():
    something = object()

    assert baserun.init(something, url="http://127.0.0.1:9") is something


def test_instrumenting_can_be_left_out_or_chosen():
    with pytest.raises(baserun.InvalidArgument, match="`openia`"):
        baserun.init(instrument=["openia"], url="http://127.0.0.1:9")
    baserun.init(False, url="http://127.0.0.1:9")
    assert current.get().span is None
