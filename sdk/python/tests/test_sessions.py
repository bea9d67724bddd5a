"""Whose call it is: sessions and users under every kind of nesting and concurrency."""

import asyncio
import contextvars
import random
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import httpx2
import openai
import pytest

import baserun
from baserun import _config
from baserun.context import _identity
from baserun.context._scope import NOWHERE, current

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


def client():
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=ANSWER))
    return openai.OpenAI(
        api_key="sk", base_url="https://api.openai.com/v1", http_client=httpx2.Client(transport=transport)
    )


def async_client():
    async def answer(_):
        await asyncio.sleep(random.random() / 100)
        return httpx2.Response(200, json=ANSWER)

    http_client = httpx2.AsyncClient(transport=httpx2.MockTransport(answer))
    return openai.AsyncOpenAI(api_key="sk", base_url="https://api.openai.com/v1", http_client=http_client)


def call(some_client, text="hi"):
    return some_client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}])


def whose(span):
    """(user, session, what was said) of a recorded call."""
    attributes = span["attributes"]
    said = attributes["gen_ai.input.messages"][0]["parts"][0]["content"]
    return attributes.get("user.id"), attributes.get("session.id"), said


def test_a_session_without_an_id_makes_one_that_is_known_at_once(captured):
    with baserun.with_session("ada") as session:
        assert session.id == session.identifier
        assert len(session.id) == 36
        assert session.user_identifier == "ada"
        assert session.end_user.identifier == "ada"


def test_a_session_can_have_no_user_and_a_block_neither(captured):
    with baserun.with_session(session_identifier="s-1") as session:
        assert session.user_identifier is None
        assert session.end_user is None
        call(client())
    with baserun.with_session():
        call(client())

    first, second = captured.spans
    assert whose(first)[:2] == (None, "s-1")
    assert whose(second)[0] is None
    assert whose(second)[1]


@pytest.mark.parametrize(
    "arguments", [{"identifier": "ada", "session_id": "s-1"}, {"user": "ada", "session_identifier": "s-1"}]
)
def test_the_older_spellings_are_understood(captured, arguments):
    with baserun.with_session(**arguments) as session:
        assert (session.user_identifier, session.id) == ("ada", "s-1")


def test_an_unknown_keyword_is_refused_at_once_with_a_hint():
    with pytest.raises(TypeError, match="did you mean `user_identifier`"):
        baserun.with_session(user_identifer="ada")
    with pytest.raises(TypeError, match="did you mean `capture_content`"):
        baserun.init(capture_contents=True)


def test_inner_sessions_hold_inside_and_outer_ones_again_after(captured):
    some_client = client()
    with baserun.with_session("ada", "s-1"):
        call(some_client, "1")
        with baserun.with_session("bob", "s-2"):
            call(some_client, "2")
        call(some_client, "3")
    call(some_client, "4")

    assert [whose(span) for span in captured.spans] == [
        ("ada", "s-1", "1"),
        ("bob", "s-2", "2"),
        ("ada", "s-1", "3"),
        (None, None, "4"),
    ]


def test_a_session_entered_inside_a_trace_is_the_traces_session(captured):
    with baserun.start_trace("answer"), baserun.with_session("ada", "s-1"):
        call(client())

    model_call, trace = captured.spans
    assert model_call["traceId"] == trace["traceId"]
    assert model_call["parentSpanId"] == trace["spanId"]
    assert trace["attributes"]["session.id"] == model_call["attributes"]["session.id"] == "s-1"
    assert trace["attributes"]["user.id"] == "ada"


def test_a_trace_inside_a_session_belongs_to_it(captured):
    with baserun.with_session("ada", "s-1"), baserun.start_trace("answer"):
        call(client())

    assert {span["attributes"]["session.id"] for span in captured.spans} == {"s-1"}


def test_a_session_block_works_as_decorator_of_functions_coroutines_and_generators(captured):
    some_client = client()

    @baserun.with_session("ada", "s-1")
    def plain():
        call(some_client, "plain")

    @baserun.with_session("bob", "s-2")
    async def coroutine():
        await call(async_client(), "coroutine")

    @baserun.with_session("cyd", "s-3")
    def generator():
        call(some_client, "before")
        yield
        call(some_client, "after")

    plain()
    asyncio.run(coroutine())
    for _ in generator():
        call(some_client, "consumer")

    assert [whose(span) for span in captured.spans] == [
        ("ada", "s-1", "plain"),
        ("bob", "s-2", "coroutine"),
        ("cyd", "s-3", "before"),
        (None, None, "consumer"),
        ("cyd", "s-3", "after"),
    ]


def test_two_generators_stepped_in_turn_keep_their_own_sessions(captured):
    some_client = client()

    def conversation(user):
        @baserun.with_session(user, f"s-{user}")
        @baserun.trace
        def turns():
            for number in range(3):
                call(some_client, f"{user} {number}")
                yield number

        return turns()

    for _ in zip(conversation("ada"), conversation("bob"), strict=True):
        assert current.get() is NOWHERE

    for span in captured.spans:
        if span["name"] == "chat m":
            user, session, said = whose(span)
            assert said.startswith(user)
            assert session == f"s-{user}"


def test_a_generator_belongs_to_where_it_was_called_wherever_it_is_consumed(captured):
    some_client = client()

    @baserun.trace
    def answers():
        call(some_client, "one")
        yield 1
        call(some_client, "two")
        yield 2

    with baserun.with_session("ada", "s-1"):
        stream = answers()
    thread = threading.Thread(target=lambda: list(stream))
    thread.start()
    thread.join()

    assert {span["attributes"]["session.id"] for span in captured.spans} == {"s-1"}
    assert len({span["traceId"] for span in captured.spans}) == 1


def test_a_generator_left_early_ends_its_trace_without_error(captured):
    @baserun.trace
    def numbers():
        yield from range(10)

    stream = numbers()
    next(stream)
    stream.close()

    (span,) = captured.spans
    assert span["status"] == {}
    assert span["attributes"]["baserun.output"] == [0]


@pytest.mark.skipif(sys.version_info < (3, 11), reason="a task takes a context from Python 3.11 on")
async def test_an_async_generator_finalised_elsewhere_breaks_nothing(captured):
    async def conversation():
        with baserun.with_session("ada", "s-1"):
            await call(async_client(), "hi")
            yield 1
            yield 2

    stream = conversation()
    await stream.__anext__()
    # Closed in another context than it was entered in, as servers do with answers that nobody reads any more.
    await asyncio.create_task(stream.aclose(), context=contextvars.Context())

    assert whose(captured.spans[0])[:2] == ("ada", "s-1")


def test_threads_and_pools_inherit_the_session_of_the_code_that_starts_them(captured):
    baserun.init(url="http://127.0.0.1:9")
    some_client = client()
    pool = ThreadPoolExecutor(2)
    with baserun.with_session("ada", "s-1"):
        thread = threading.Thread(target=call, args=(some_client, "thread"))
        thread.start()
        pool.submit(call, some_client, "pool").result()
    thread.join()
    with baserun.with_session("bob", "s-2"):
        pool.submit(call, some_client, "pool again").result()
    pool.submit(call, some_client, "pool outside").result()
    list(pool.map(lambda text: call(some_client, text), ["mapped outside"]))
    pool.shutdown()

    assert {whose(span) for span in captured.spans} == {
        ("ada", "s-1", "thread"),
        ("ada", "s-1", "pool"),
        ("bob", "s-2", "pool again"),
        (None, None, "pool outside"),
        (None, None, "mapped outside"),
    }


def test_a_thread_wrapper_carries_the_session_by_hand(captured):
    some_client = client()
    with baserun.with_session("ada", "s-1"):
        target = baserun.thread_wrapper(lambda: call(some_client))
    thread = threading.Thread(target=target)
    thread.start()
    thread.join()

    assert whose(captured.spans[0])[:2] == ("ada", "s-1")


async def test_a_thousand_concurrent_sessions_are_never_mixed_up(captured):
    some_client = async_client()

    async def converse(number):
        with baserun.with_session(f"user {number}", f"session {number}"), baserun.start_trace("turn"):
            await asyncio.gather(call(some_client, f"{number}"), asyncio.to_thread(baserun.log, "turn", number))

    await asyncio.gather(*[converse(number) for number in range(1_000)])

    calls = [span for span in captured.spans if span["name"] == "chat m"]
    assert len(calls) == 1_000
    for span in calls:
        user, session, said = whose(span)
        assert (user, session) == (f"user {said}", f"session {said}")
    for record in captured.logs:
        assert record["attributes"]["session.id"].removeprefix("session ") == record["attributes"][
            "user.id"
        ].removeprefix("user ")


def test_a_thousand_sessions_in_fifty_threads_are_never_mixed_up(captured):
    baserun.init(url="http://127.0.0.1:9")
    some_client = client()

    def converse(number):
        with baserun.with_session(f"user {number}", f"session {number}"):
            call(some_client, f"{number}")

    with ThreadPoolExecutor(50) as pool:
        list(pool.map(converse, range(1_000)))

    calls = captured.spans
    assert len(calls) == 1_000
    for span in calls:
        user, session, said = whose(span)
        assert (user, session) == (f"user {said}", f"session {said}")


def test_a_stream_that_outlives_its_block_belongs_to_it(captured, provider):
    streaming = openai.OpenAI(base_url=provider.openai_url, api_key="sk")
    with baserun.with_session("ada", "s-1"):
        stream = streaming.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
    with baserun.with_session("bob", "s-2"):
        for _ in stream:
            pass

    assert whose(captured.spans[0])[:2] == ("ada", "s-1")


def test_starting_and_ending_a_session_without_a_block(captured):
    some_client = client()
    session = baserun.start_session("ada", session_identifier="s-1")
    call(some_client, "inside")
    baserun.end_session(session)
    call(some_client, "outside")

    assert [whose(span) for span in captured.spans] == [("ada", "s-1", "inside"), (None, None, "outside")]
    assert [record["eventName"] for record in captured.logs] == ["session.start", "session.end"]
    assert current.get().session is None


async def test_the_awaitable_forms_do_the_same_and_return_the_session(captured):
    session = await baserun.astart_session("ada", identifier="s-1")
    assert session.id == "s-1"
    await baserun.aend_session("s-1")

    assert current.get().session_id is None


def test_a_session_is_ended_once_and_a_new_outcome_is_news(captured):
    with baserun.with_session("ada", "s-1") as session:
        pass
    session.end()
    session.end()
    session.end(outcome="completed")
    session.end(outcome="completed")

    ends = [record["attributes"] for record in captured.logs if record["eventName"] == "session.end"]
    assert [end.get("baserun.session.outcome") for end in ends] == [None, "completed"]


def test_leaving_a_block_with_auto_end_ends_the_session(captured):
    with pytest.raises(ValueError, match="broken"), baserun.with_session("ada", "s-1", auto_end=True):
        raise ValueError("broken")

    (end,) = [record["attributes"] for record in captured.logs if record["eventName"] == "session.end"]
    assert end["baserun.session.outcome"] == "failed"


def test_ids_of_the_wrong_type_become_texts_with_one_warning(captured, caplog):
    for _ in range(2):
        with baserun.with_session(7, b"s-1") as session:
            assert (session.user_identifier, session.id) == ("7", "s-1")
    assert len([record for record in caplog.records if "user id `7` is no text" in record.getMessage()]) == 1


def test_empty_ids_count_as_none(captured, caplog):
    with baserun.with_session("", "  ") as session:
        assert session.user_identifier is None
        assert len(session.id) == 36
    assert "An empty user id was ignored" in caplog.text


def test_long_ids_are_hashed_and_the_original_is_kept(captured):
    long = "x" * 2_000
    with baserun.with_session("ada", long) as session:
        assert len(session.id) == 64
    assert captured.logs[0]["attributes"]["baserun.id.original"] == long


def test_any_unicode_is_fine(captured):
    user, session_id = "Zoë 🙂 \ud800 \x00", "会话\n1"
    with baserun.with_session(user, session_id):
        call(client(), "ünïcode")

    (span,) = captured.spans
    assert span["attributes"]["session.id"] == session_id
    assert span["attributes"]["user.id"].startswith("Zoë 🙂")


def test_an_address_as_id_is_warned_of_unless_users_are_hashed(captured, caplog, monkeypatch):
    with baserun.with_session("ada@example.com"):
        pass
    assert "looks like an e-mail address" in caplog.text

    monkeypatch.setenv("BASERUN_USER_HASH_KEY", "key")
    monkeypatch.setattr(_config.state, "settings", _config.Settings(hash_users=True))
    with baserun.with_session("ada@example.com") as session:
        call(client())
    assert session.user_identifier == baserun.hash_identifier("ada@example.com")
    assert "ada@example.com" not in str(captured.spans) + str(captured.logs[-1:])


def test_a_keyed_hash_is_stable_and_needs_its_key(monkeypatch):
    monkeypatch.setenv("BASERUN_USER_HASH_KEY", "key")
    assert baserun.hash_identifier("ada") == baserun.hash_identifier("ada")
    assert baserun.hash_identifier("ada") != baserun.hash_identifier("ada", key="other")
    assert len(baserun.hash_identifier("ada")) == 64
    monkeypatch.delenv("BASERUN_USER_HASH_KEY")
    with pytest.raises(baserun.InvalidArgument, match="BASERUN_USER_HASH_KEY"):
        baserun.hash_identifier("ada")


def test_before_init_everything_runs_and_nothing_is_recorded(caplog):
    with baserun.with_session("ada") as session, baserun.start_trace("answer") as trace:
        trace.result = "ok"
        baserun.log("note", {"a": 1})
        baserun.feedback("helpful", 1)
    assert session.id
    assert "Nothing is recorded before `baserun.init()`" in caplog.text


def test_a_caller_may_ask_for_an_error_before_init(monkeypatch):
    monkeypatch.setenv("BASERUN_RAISE_UNINITIALIZED", "1")
    with pytest.raises(baserun.NotInitializedException):
        baserun.log("note", "x")


def test_clean_ids_are_idempotent():
    for value in ("ada", "x" * 5_000, "7"):
        cleaned = _identity.clean_id(value, "user")
        assert _identity.clean_id(cleaned, "user") == cleaned
