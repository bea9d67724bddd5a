"""Search over what was said: words, phrases, roles, whatever the script; in everything, in a list, in one session."""

import time

import pytest
import pytest_asyncio

from baserun_server.errors import BadParameter
from baserun_server.said import said_in_call
from baserun_server.store.search.words import parse_words, places, said, spellings

from .running import call, message, span, traces_of

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECOND_NS = 10**9
LONG = "filler " * 60
TALK = [
    ("Where is my quokka parcel?", "It left the depot yesterday."),
    ("I want a refund, it is not working", f"{LONG}Refunds take five days, dear quokka."),
    ("返金できますか", "はい、できます。"),
    ("Überweisung erhalten?", "Ja, vielen Dank. (window.opener:kept_word)"),
    ("Not working is not the word: it is broken", "I am sorry to hear that."),
    ("Le me\u0301nage est froid", "Bien s\u00fbr, le m\u00e9nage. \uff21\uff22\uff23"),
]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def talk(server) -> list[str]:
    """A session `words` of five turns, each with the whole history; and a trace without any LLM call."""
    history, spans, began_ns = [], [], time.time_ns() - 600 * SECOND_NS
    for n, (asked, answered) in enumerate(TALK):
        at_ns = began_ns + n * SECOND_NS
        # Only the root names the session, as many SDKs do.
        root = span(0x30D5000 + n, at_ns=at_ns, name="turn", session__id="words", user__id="wordy")
        said = call(
            0x30D5000 + n, at_ns=at_ns, said=asked, answer=answered, history=list(history), parent=root["spanId"]
        )
        spans += [root, said]
        history += [message("user", asked), message("assistant", answered)]
    alone = span(0x30D5FFF, at_ns=began_ns, name="plain", baserun__input="count the wombats", baserun__output="seven")
    await server.send("traces", traces_of(*spans, alone))
    await server.settled()
    return [f"{0x30D5000 + n:032x}" for n in range(len(TALK))]


async def found(server, q: str) -> list[tuple[str, str | None]]:
    items = (await server.get("/search", q=q, limit=20))["items"]
    return [(item["id"], item["snippet"]) for item in items if item["type"] == "trace"]


async def test_words_are_found_where_they_were_newly_said_in_any_case_and_script(server, talk):
    for q, turns in {
        "quokka": [1, 0],
        "QUOKKA": [1, 0],
        "quokka parcel": [0],
        '"not working"': [4, 1],
        "not-there-at-all": [],
        "返金": [2],
        "überweisung": [3],
        "opener": [3],
        "kept": [3],
        "window.opener": [3],
        "quokka role:user": [0],
        "quokka role:assistant": [1],
        "quokka -parcel": [1],
        "m\u00e9nage": [5],
        "me\u0301nage": [5],
        '"le m\u00e9nage est"': [5],
        "su\u0302r role:assistant": [5],
        "ABC": [5],
        "-me\u0301nage quokka": [1, 0],
    }.items():
        ids = [id_ for id_, _ in await found(server, q) if id_ in talk]
        assert ids == [talk[turn] for turn in turns], q


async def test_a_place_far_into_an_answer_is_shown_with_what_stands_around_it(server, talk):
    items = (await server.get("/search", q="refunds"))["items"]
    (item,) = [item for item in items if item["id"] == talk[1]]
    start, length = item["match"]["start"], item["match"]["length"]
    assert item["snippet"][start : start + length] == "Refunds"
    assert item["snippet"].startswith("…")
    assert len(item["snippet"]) <= 202
    assert item["url"] == f"/sessions/words?turn={talk[1]}"


async def test_what_a_trace_without_model_took_in_is_found_too(server, talk):
    assert [(item["id"], item["snippet"]) for item in (await server.get("/search", q="wombats"))["items"]] == [
        (f"{0x30D5FFF:032x}", "count the wombats")
    ]


async def test_lists_hold_whatever_said_the_words(server, talk):
    for parameters in ({"q": "quokka"}, {"filter": "said:quokka"}, {"filter": 'said~"quokka parcel"'}):
        sessions = (await server.get("/sessions", **parameters))["items"]
        assert [item["session_id"] for item in sessions] == ["words"], parameters
    assert [item["user_id"] for item in (await server.get("/users", filter="said:quokka"))["items"]] == ["wordy"]
    assert [item["trace_id"] for item in (await server.get("/traces", q="quokka parcel"))["items"]] == [talk[0]]
    assert (await server.get("/sessions", q="quokka -parcel"))["items"] == []
    assert (await server.get("/sessions", filter="session_id:words -said:quokka"))["items"] == []


async def test_a_session_is_searched_turn_by_turn_also_where_it_is_not_shown(server, talk):
    answer = await server.get("/sessions/words/search", q="quokka")
    assert [(item["n"], item["role"]) for item in answer["items"]] == [(1, "user"), (2, "assistant")]
    assert (answer["turns"], answer["more"]) == (2, False)
    for item in answer["items"]:
        assert item["snippet"][item["start"] : item["start"] + item["length"]].lower() == "quokka"
    assert [item["n"] for item in (await server.get("/sessions/words/search", q='"not working"'))["items"]] == [2, 5]
    assert (await server.refusal("/sessions/words/search", q="-only"))["field"] == "q"
    assert (await server.refusal("/sessions/nowhere/search", status=404, q="quokka"))["code"] == "not_found"


async def test_words_phrases_and_roles_are_told_apart():
    words = parse_words('refund "not working" -test role:user')
    assert words.wanted == ("refund", "not working")
    assert [word.text for word in words.all if word.unwanted] == ["test"]
    assert words.role == "user"
    with pytest.raises(BadParameter, match="no role `robot`"):
        parse_words("role:robot")


async def test_only_whole_words_are_places_but_phrases_stand_anywhere():
    assert [place.start for place in places("kept_word, keptword", parse_words("word"))] == [5]
    text = "a cat, concatenated\x1eCat!"
    assert [(place.role, place.start) for place in places(text, parse_words("cat"))] == [("user", 2), ("assistant", 0)]
    assert [place.role for place in places(text, parse_words('"cat, con"'))] == ["user"]
    assert [place.role for place in places(text, parse_words("cat role:assistant"))] == ["assistant"]


async def test_letters_are_looked_for_in_each_spelling_that_the_store_may_hold():
    assert spellings("plain") == ("plain",)
    assert set(spellings("m\u00e9nage")) == {"m\u00e9nage", "me\u0301nage"}
    one, other = said(parse_words("me\u0301nage")), said(parse_words("m\u00e9nage"))
    assert sorted(one.parameters.values()) == sorted(other.parameters.values()) == ["me\u0301nage", "m\u00e9nage"]
    old, new = "me\u0301nage\x1e", said_in_call([message("user", "me\u0301nage")], [])
    for text in (old, new):
        assert [place.role for place in places(text, parse_words("m\u00e9nage"))] == ["user"]
