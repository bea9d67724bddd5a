"""A session's traces as a person would read them."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from baserun_server.api.conversation.said_before import Known, Overlap, Thread
from baserun_server.api.conversation.turns import ERRORS_SHOWN, MESSAGES_SHOWN, TOOLS_SHOWN, read_turns
from baserun_server.api.conversation.work import Work
from baserun_server.model import Span

_numbers = itertools.count(1)


def text(role, content):
    return {"role": role, "parts": [{"type": "text", "content": content}]}


def asks(call_id, name, **arguments):
    return {"role": "assistant", "parts": [{"type": "tool_call", "id": call_id, "name": name, "arguments": arguments}]}


def answers(call_id, response):
    return {"role": "tool", "parts": [{"type": "tool_call_response", "id": call_id, "response": response}]}


def span(kind="llm", at=0, lasts=1_000, **fields):
    number = next(_numbers)
    fields = {"span_id": f"{number:016x}", "name": kind, **fields}
    return Span(project_id="p", trace_id="t", kind=kind, start_us=at, end_us=at + lasts, received_us=at, **fields)


def call(said, answer, **fields):
    outputs = answer if isinstance(answer, list) else [] if answer is None else [text("assistant", answer)]
    return span(input_messages=said, output_messages=outputs, **fields)


def work(n, *spans, at=None, lasts=1_000_000, **fields):
    start = n * 10_000_000 if at is None else at
    fields = {"name": "chat", "user_id": "u", "status": "ok", **fields}
    return Work(n=n, trace_id=f"{n:032x}", start_us=start, end_us=start + lasts, spans=list(spans), **fields)


def said(turn):
    return [
        (message.role, "".join(part.model_extra["content"] for part in message.parts)) for message in turn.new_messages
    ]


def test_a_turn_shows_what_was_newly_said_and_counts_what_was_said_before():
    first = call([text("user", "Hi")], "Hello!")
    second = call([text("user", "Hi"), text("assistant", "Hello!"), text("user", "Where is it?")], "On its way.")
    one, two = read_turns([work(1, first), work(2, second)])
    assert said(one) == [("user", "Hi"), ("assistant", "Hello!")]
    assert said(two) == [("user", "Where is it?"), ("assistant", "On its way.")]
    assert (one.earlier.count, two.earlier.count) == (0, 2)
    assert not two.earlier.rewritten
    assert (one.n, two.n) == (1, 2)


def test_the_same_words_said_again_are_said_again():
    first = call([text("user", "yes")], "ok")
    second = call([text("user", "yes")], "ok")
    third = call([text("user", "yes"), text("assistant", "ok"), text("user", "yes")], "ok")
    turns = read_turns([work(1, first), work(2, second), work(3, third)])
    assert [said(turn) for turn in turns] == [[("user", "yes"), ("assistant", "ok")]] * 3


def test_history_that_was_changed_is_marked_and_still_left_out():
    first = call([text("user", "Hi")], "Hello!")
    second = call([text("user", "Hi"), text("assistant", "I hate you"), text("user", "Why?")], "Sorry.")
    turn = read_turns([work(1, first), work(2, second)])[1]
    assert turn.earlier.rewritten
    assert turn.earlier.count == 2
    assert said(turn) == [("user", "Why?"), ("assistant", "Sorry.")]


def test_history_that_was_shortened_is_not_rewritten():
    first = call([text("user", "A"), text("assistant", "B"), text("user", "C")], "D")
    second = call([text("user", "C"), text("assistant", "D"), text("user", "E")], "F")
    turn = read_turns([work(1, first), work(2, second)])[1]
    assert (turn.earlier.count, turn.earlier.rewritten) == (2, False)
    assert said(turn) == [("user", "E"), ("assistant", "F")]


def test_history_sent_in_another_spelling_is_the_same_history():
    first = call([text("user", "Hi")], [{**text("assistant", " Hello! \n"), "finish_reason": "stop"}])
    second = call([text("user", "Hi"), text("assistant", "Hello!"), text("user", "Bye")], "Bye!")
    assert not read_turns([work(1, first), work(2, second)])[1].earlier.rewritten


def test_a_session_whose_beginning_was_not_recorded_shows_what_its_first_call_carried():
    only = call([text("user", "A"), text("assistant", "B"), text("user", "C")], "D")
    (turn,) = read_turns([work(1, only)])
    assert [content for _, content in said(turn)] == ["A", "B", "C", "D"]
    assert turn.earlier.count == 0


def test_an_agent_loop_is_one_turn_with_its_tools_as_one_fact_each():
    ask = asks("c1", "search", q="order")
    question = text("user", "Where is my order?")
    first = call([question], [ask], at=0)
    tool = span(
        "tool",
        at=2_000,
        lasts=400_000,
        name="execute_tool search",
        tool_name="search",
        tool_call_id="c1",
        tool_arguments={"q": "order"},
        tool_result=["row"],
    )
    second = call([question, ask, answers("c1", ["row"])], "It ships today.", at=500_000)
    (turn,) = read_turns([work(1, first, tool, second)])
    assert said(turn) == [("user", "Where is my order?"), ("assistant", "It ships today.")]
    (use,) = turn.tools
    assert (use.name, use.call_id, use.arguments, use.result) == ("search", "c1", {"q": "order"}, ["row"])
    assert use.duration_ms == 400
    assert use.span_id == tool.span_id
    assert turn.llm_calls == 2


def test_a_tool_without_a_span_is_told_from_the_next_call():
    ask = asks("c1", "search", q="order")
    first = call([text("user", "?")], [ask])
    second = call([text("user", "?"), ask, answers("c1", "3 rows")], "Found.", at=500_000)
    (turn,) = read_turns([work(1, first, second)])
    (use,) = turn.tools
    assert (use.name, use.result, use.status, use.span_id) == ("search", "3 rows", "ok", first.span_id)


def test_a_result_that_comes_with_the_next_turn_belongs_to_the_turn_that_asked():
    ask = asks("c1", "search", q="order")
    first = call([text("user", "?")], [ask])
    second = call([text("user", "?"), ask, answers("c1", "3 rows")], "Found.")
    one, two = read_turns([work(1, first), work(2, second)])
    assert [use.result for use in one.tools] == ["3 rows"]
    assert two.tools == []
    assert said(two) == [("assistant", "Found.")]


def test_a_result_of_a_call_that_was_not_recorded_is_still_told():
    second = call([text("user", "?"), asks("c9", "search", q=1), answers("c9", "3 rows")], "Found.")
    (turn,) = read_turns([work(1, second)])
    assert [(use.name, use.arguments, use.result) for use in turn.tools] == [("search", {"q": 1}, "3 rows")]


def test_two_calls_of_one_tool_are_two_facts_also_where_the_spans_name_no_call():
    both = {"role": "assistant", "parts": [*asks("c1", "search", q=1)["parts"], *asks("c2", "search", q=2)["parts"]]}
    first = call([text("user", "?")], [both], at=0)
    one = span("tool", at=2_000, name="search", input={"q": 1}, output="a")
    two = span("tool", at=3_000, name="search", input={"q": 2}, output="b")
    (turn,) = read_turns([work(1, first, one, two)])
    assert [(use.call_id, use.arguments, use.result) for use in turn.tools] == [
        ("c1", {"q": 1}, "a"),
        ("c2", {"q": 2}, "b"),
    ]


def test_a_failed_tool_says_so():
    tool = span("tool", name="search", tool_name="search", status="error", status_message="timeout")
    (turn,) = read_turns([work(1, call([text("user", "?")], "No."), tool)])
    assert [(use.status, use.status_message) for use in turn.tools] == [("error", "timeout")]


def test_an_error_stands_at_the_innermost_span_that_failed():
    root = span("agent", span_id="a" * 16, status="error", status_message="failed")
    failed = call(
        [text("user", "Hi")],
        None,
        parent_span_id="a" * 16,
        status="error",
        status_message="Rate limit",
        error_type="http_429",
    )
    (turn,) = read_turns([work(1, root, failed, status="error")])
    assert [(error.span_id, error.type, error.message) for error in turn.errors] == [
        (failed.span_id, "http_429", "Rate limit")
    ]
    assert said(turn) == [("user", "Hi")]
    assert turn.status == "error"


def test_the_question_after_a_failed_one_is_shown_alone():
    failed = call([text("user", "Hi")], None, status="error")
    again = call([text("user", "Hi"), text("user", "Hello?")], "Here.")
    turn = read_turns([work(1, failed), work(2, again)])[1]
    assert ("user", "Hello?") in said(turn)


def test_waiting_and_thinking_are_measured_from_end_to_start():
    one, two = read_turns([work(1, at=0, lasts=2_000_000), work(2, at=5_000_000, lasts=1_000_000)])
    assert (one.wait_ms, one.think_ms) == (2_000, None)
    assert (two.wait_ms, two.think_ms) == (1_000, 3_000)


def test_the_system_prompt_is_named_once_and_marked_where_it_changes():
    def turn(n, prompt):
        return work(n, call([text("system", prompt), text("user", "Hi")], "Hello!"))

    one, two, three = read_turns([turn(1, "Be kind."), turn(2, "Be kind."), turn(3, "Be brief.")])
    assert (one.system_prompt.text, one.system_prompt.changed) == ("Be kind.", False)
    assert (two.system_prompt.hash, two.system_prompt.changed) == (one.system_prompt.hash, False)
    assert (three.system_prompt.text, three.system_prompt.changed) == ("Be brief.", True)
    assert all(role != "system" for role, _ in said(one))


def test_a_call_recorded_twice_counts_and_speaks_once():
    real = call([text("user", "Hi")], "Hello!", input_tokens=5)
    copy = call([text("user", "Hi")], "Hello!", input_tokens=5)
    (turn,) = read_turns([work(1, real, copy, duplicates=frozenset([copy.span_id]))])
    assert said(turn) == [("user", "Hi"), ("assistant", "Hello!")]
    assert (turn.llm_calls, turn.usage.input_tokens) == (1, 5)


def test_every_block_of_one_answer_that_several_spans_tell_is_shown():
    blocks = [
        call([text("user", "Hi")], f"Block {n}.", response_id="r", scope="x", at=n * 100, input_tokens=5)
        for n in range(3)
    ]
    elsewhere = call([text("user", "Hi")], "Block 0. Block 1.", response_id="r", scope="y", at=1)
    copies = frozenset(span.span_id for span in (*blocks[1:], elsewhere))
    (turn,) = read_turns([work(1, *blocks, elsewhere, duplicates=copies)])
    assert [content for _, content in said(turn)] == ["Hi", "Block 0.", "Block 1.", "Block 2."]
    assert (turn.llm_calls, turn.usage.input_tokens) == (1, 5)


def test_what_only_an_agent_or_an_embedding_used_stands_in_the_turn():
    agent = span("agent", span_id="a" * 16, input_tokens=9, output_tokens=1, cost_nano_usd=10**9)
    quiet = call([text("user", "Hi")], "Hello!", parent_span_id="a" * 16)
    (turn,) = read_turns([work(1, agent, quiet, using=frozenset(["a" * 16]))])
    assert (turn.llm_calls, turn.usage.input_tokens, turn.cost_usd) == (1, 9, 1)


def test_a_trace_without_llm_calls_shows_what_went_in_and_came_out():
    root = span("chain", input={"question": "How many?"}, output={"rows": 3, "ok": True})
    embedding = span("embedding", parent_span_id=root.span_id, input="How many?")
    (turn,) = read_turns([work(1, root, embedding)])
    assert said(turn)[0] == ("user", "How many?")
    assert '"rows": 3' in said(turn)[1][1]


def test_what_a_sub_agent_was_told_is_marked_as_behind_the_scenes():
    outer = span("agent", span_id="a" * 16)
    asked = call([text("user", "Plan my trip")], [asks("c1", "research", topic="trains")], parent_span_id="a" * 16)
    tool = span("tool", span_id="b" * 16, parent_span_id="a" * 16, tool_name="research", tool_call_id="c1", at=2_000)
    below = call([text("user", "Find trains")], "Three trains", parent_span_id="b" * 16, at=3_000)
    (turn,) = read_turns([work(1, outer, asked, tool, below)])
    assert [(message.inner, message.role) for message in turn.new_messages] == [
        (False, "user"),
        (True, "user"),
        (True, "assistant"),
    ]


def test_a_picture_is_named_and_not_carried():
    picture = {"type": "blob", "mime_type": "image/png", "modality": "image", "content": "A" * 100_000}
    only = call([{"role": "user", "parts": [{"type": "text", "content": "What is it?"}, picture]}], "A cat.")
    (turn,) = read_turns([work(1, only)])
    part = turn.new_messages[0].parts[1].model_dump()
    assert part["mime_type"] == "image/png"
    assert part["truncated"] is True
    assert part["bytes"] > 100_000
    assert "content" not in part


def test_long_text_is_cut_and_says_its_length():
    (turn,) = read_turns([work(1, call([text("user", "é" * 20_000)], "ok"))])
    part = turn.new_messages[0].parts[0].model_dump()
    assert part["bytes"] == 40_000
    assert part["content"] == "é" * 8_192


def test_numbers_that_nobody_gave_stay_unknown():
    (turn,) = read_turns([work(1, call([text("user", "Hi")], "Hello!"))])
    assert turn.usage.input_tokens is None
    assert turn.cost_usd is None


lines = st.text("ab", min_size=1, max_size=2)
histories = st.lists(
    st.lists(st.tuples(st.sampled_from(["user", "assistant"]), lines), max_size=5), min_size=1, max_size=7
)


@given(histories, st.data())
def test_a_page_read_with_its_context_says_the_same_as_the_whole_session(sessions, data):
    works = [
        work(n, *([call([text(role, words) for role, words in lines_], f"answer {n}")] if lines_ else []))
        for n, lines_ in enumerate(sessions, 1)
    ]
    whole = read_turns(works)
    start = data.draw(st.integers(0, len(works) - 1))
    end = data.draw(st.integers(start + 1, len(works)))
    before = max(0, start - 2)
    page = read_turns(works[before : end + 1], start - before, end - before)
    assert page == whole[start:end]


@given(st.lists(lines, min_size=1, max_size=6))
def test_a_conversation_that_is_sent_again_each_time_reads_as_it_was_spoken(questions):
    history, works = [], []
    for n, question in enumerate(questions, 1):
        history.append(text("user", question))
        works.append(work(n, call(list(history), f"answer {n}")))
        history.append(text("assistant", f"answer {n}"))
    spoken = [line for turn in read_turns(works) for line in said(turn)]
    assert spoken == [
        line for n, question in enumerate(questions, 1) for line in (("user", question), ("assistant", f"answer {n}"))
    ]


def overlap_by_definition(request, thread):
    """Each message of the request in turn: the next place in the thread where it stands."""
    known, at = set(), 0
    for index, print_ in enumerate(request):
        if print_ in thread[at:]:
            known.add(index)
            at += thread[at:].index(print_) + 1
    return Overlap(frozenset(known), max(known) + 1 if known else 0)


conversations = st.lists(st.sampled_from("abcdef"), max_size=8)


@given(conversations, st.lists(conversations, max_size=6))
def test_a_request_is_compared_with_the_thread_that_knows_most_of_it_and_the_latest_of_equals(request_, threads):
    best = Overlap(frozenset(), 0)
    for thread in threads:
        found = overlap_by_definition(request_, thread)
        best = found if len(found.known) >= len(best.known) else best
    assert Known(map(Thread, threads)).best_overlap(request_) == best


def test_a_turn_of_thousands_of_calls_shows_its_beginning_and_its_end_and_counts_the_rest():
    calls = [call([text("user", f"question {n}")], f"answer {n}", at=n) for n in range(5_000)]
    (turn,) = read_turns([work(1, *calls)])
    assert turn.llm_calls == 5_000
    assert len(turn.new_messages) == MESSAGES_SHOWN
    assert turn.omitted.messages == 10_000 - MESSAGES_SHOWN
    assert said(turn)[0] == ("user", "question 0")
    assert said(turn)[-1] == ("assistant", "answer 4999")


def test_a_history_that_thousands_of_calls_repeat_is_shown_once():
    history = [text("user", f"message {n}") for n in range(500)]
    calls = [call(history[: n + 1], None, at=n) for n in range(500)]
    (turn,) = read_turns([work(1, *calls)])
    assert said(turn) == [("user", f"message {n}") for n in range(500)]


def test_thousands_of_tools_and_errors_are_cut_in_the_middle_and_counted():
    root = call([text("user", "go")], [asks(f"c{n}", "look") for n in range(3_000)], at=0)
    tools = [span("tool", at=n + 1, tool_name="look", status="error", name="look") for n in range(3_000)]
    (turn,) = read_turns([work(1, root, *tools)])
    assert (len(turn.tools), turn.omitted.tools) == (TOOLS_SHOWN, 3_000 - TOOLS_SHOWN)
    assert (len(turn.errors), turn.omitted.errors) == (ERRORS_SHOWN, 3_000 - ERRORS_SHOWN)


def test_spans_nested_thousands_deep_are_read():
    ids = [f"{n:016x}" if n else "" for n in range(5_001)]
    spans = [span("agent", at=n, span_id=ids[n + 1], parent_span_id=ids[n]) for n in range(5_000)]
    inner = call([text("user", "deep")], "down", at=6_000, parent_span_id=f"{5_000:016x}")
    (turn,) = read_turns([work(1, *spans, inner)])
    assert [message.inner for message in turn.new_messages] == [True, True]


def test_parents_in_a_circle_end():
    spans = [span("agent", span_id=f"{n:016x}", parent_span_id=f"{(n + 1) % 3:016x}") for n in range(3)]
    assert read_turns([work(1, *spans)])[0].llm_calls == 0


def asks_without_id(name, **arguments):
    return {"role": "assistant", "parts": [{"type": "tool_call", "id": "", "name": name, "arguments": arguments}]}


def answered_without_id(*answered, role="user"):
    parts = [{"type": "tool_call_response", "id": "", "name": name, "response": said} for name, said in answered]
    return {"role": role, "parts": parts}


def used(turn):
    return [(tool.name, tool.arguments, tool.result, tool.status) for tool in turn.tools]


def test_answers_of_tools_without_an_id_are_joined_by_name_and_of_one_name_in_order():
    asked = [
        *asks_without_id("now", n=1)["parts"],
        *asks_without_id("later")["parts"],
        *asks_without_id("now", n=2)["parts"],
    ]
    first = call([text("user", "When?")], [{"role": "assistant", "parts": asked}])
    came = answered_without_id(("later", 3), ("now", 1), ("now", 2))
    second = call([text("user", "When?"), {"role": "assistant", "parts": asked}, came], "Soon.", at=5_000)
    [turn] = read_turns([work(1, first, second)])
    assert used(turn) == [("now", {"n": 1}, 1, "ok"), ("later", {}, 3, "ok"), ("now", {"n": 2}, 2, "ok")]
    assert said(turn) == [("user", "When?"), ("assistant", "Soon.")]


def test_answers_without_an_id_that_the_next_turn_brings_are_told_where_they_were_asked_for():
    asked = asks_without_id("now")
    first = call([text("user", "When?")], [asked])
    history = [text("user", "When?"), asked, answered_without_id(("now", 1)), text("user", "Well?")]
    second = call(history, "Soon.")
    one, two = read_turns([work(1, first), work(2, second)])
    assert used(one) == [("now", {}, 1, "ok")]
    assert used(two) == []


def test_a_call_asked_again_without_an_id_gets_its_own_answer():
    asked, once, twice = asks_without_id("now"), answered_without_id(("now", 1)), answered_without_id(("now", 2))
    history = [text("user", "When?"), asked, once]
    calls = [
        call(history[:1], [asked]),
        call(history, [asked], at=5_000),
        call([*history, asked, twice], "Soon.", at=9_000),
    ]
    [turn] = read_turns([work(1, *calls)])
    assert [tool.result for tool in turn.tools] == [1, 2]


def test_answers_without_an_id_of_calls_that_nobody_recorded_are_told_once():
    history = [text("user", "When?"), asks_without_id("now", n=1), answered_without_id(("now", 1), role="tool")]
    [turn] = read_turns([work(1, call(history, "Soon."), call(history, "Soon.", at=5_000))])
    assert used(turn) == [("now", {"n": 1}, 1, "ok")]


def test_a_tool_that_failed_is_told_as_failed_also_without_a_span():
    failed = {"type": "tool_call_response", "id": "c1", "response": "no such sku", "is_error": True}
    history = [text("user", "Left?"), asks("c1", "stock"), {"role": "user", "parts": [failed]}]
    first, second = call(history[:1], [history[1]]), call(history, "None.", at=5_000)
    for spans in (
        (first, second),
        (second,),
        (first, second, span("tool", at=2_000, tool_name="stock", tool_call_id="c1")),
    ):
        [turn] = read_turns([work(1, *spans)])
        [tool] = turn.tools
        assert (tool.name, tool.status, tool.status_message) == ("stock", "error", "no such sku")


def test_a_tool_that_the_provider_ran_is_told_with_what_came_back():
    parts = [
        {"type": "tool_call", "id": "s1", "name": "web_search", "arguments": {"query": "snow"}},
        {"type": "tool_call_response", "id": "s1", "response": "It snows"},
        {"type": "text", "content": "Yes."},
    ]
    [turn] = read_turns([work(1, call([text("user", "Snow?")], [{"role": "assistant", "parts": parts}]))])
    assert used(turn) == [("web_search", {"query": "snow"}, "It snows", "ok")]
    assert said(turn) == [("user", "Snow?"), ("assistant", "Yes.")]


def test_marks_and_ciphers_are_no_messages():
    mark = {"role": "user", "parts": [{"type": "cache_point"}]}
    cipher = {"role": "assistant", "parts": [{"type": "reasoning", "content": "", "redacted": True, "data": "xyz"}]}
    refusal = {"role": "assistant", "parts": [{"type": "refusal", "content": "No."}]}
    [turn] = read_turns([work(1, call([text("user", "Well?"), mark], [cipher, refusal]))])
    assert said(turn) == [("user", "Well?"), ("assistant", "No.")]


def test_a_conversation_that_only_steps_below_the_root_tell_is_shown():
    root = span("other", name="agent_session")
    heard = span("other", at=1_000, parent_span_id=root.span_id, input="Book a table")
    answered = span("agent", at=2_000, parent_span_id=root.span_id, input="Book a table", output="For how many?")
    below = span("chain", at=2_500, parent_span_id=answered.span_id, input="inside", output="inside")
    [turn] = read_turns([work(1, root, heard, answered, below)])
    assert said(turn) == [("user", "Book a table"), ("assistant", "For how many?")]
