"""Record the examples of the API's reference from a running server: `python -m tasks.docs.record`.

Starts a server and the fake provider, lets the Python SDK send two visits of a person, and makes one request at every
address. What is answered goes to api_examples.json, long lists cut to their first items; the page shows it, and a test
holds it against the shapes of the API. Record again after a shape has changed.
"""

import json
import re
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from bench.server import Server

from tasks import ROOT

EXAMPLES = Path(__file__).with_name("api_examples.json")
USER, SESSION = "hash-of-ada", "chat-7"
ITEMS = 2
"""Records of a list that are kept."""
TEXT_CHARACTERS = 300


def main() -> None:
    """Record all of them."""
    sys.path.insert(0, str(ROOT / "examples"))
    import fake_provider

    with tempfile.TemporaryDirectory() as folder, Server(Path(folder)) as server, fake_provider.running() as provider:
        url = f"http://127.0.0.1:{server.port}"
        trace_id, span_id = converse(url, provider.openai_url)
        recorded = {name: one(url, *request) for name, *request in requests(trace_id, span_id)}
        recorded |= {name: one(url, *request) for name, *request in refusals()}
        recorded |= erased(url)
    text = json.dumps(recorded, indent=1, ensure_ascii=False).replace(url, "http://127.0.0.1:4318")
    EXAMPLES.write_text(text + "\n", encoding="utf-8")


def one(url: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    """Make a request and keep it with its answer; where an id is named, also what an unknown one is answered."""
    status, answer = ask(url, method, path, body)
    example = {"method": method, "path": path, "body": body, "status": status, "answer": cut(answer)}
    unknown = re.sub(rf"/({USER}|{SESSION})\b", "/nobody-knows", re.sub(r"/traces/\w+", "/traces/" + "0" * 32, path))
    if unknown != path:
        example["unknown"] = ask(url, method, unknown, body)[0]
    return example


def refusals() -> list[tuple[str, str, str]]:
    """Return requests that are refused, by the code of the error."""
    api = "/api/v1"
    return [
        ("error invalid_parameter", "GET", f"{api}/sessions?limit=1000"),
        ("error invalid_filter", "GET", f"{api}/sessions?filter=colour:red"),
        ("error not_found", "GET", f"{api}/sessions/nobody-knows"),
    ]


def erased(url: str) -> dict[str, Any]:
    """Erase the person, wait for the receipt, and lift the erasure."""
    _, plan = ask(url, "DELETE", f"/api/v1/users/{USER}?include_aliases=false", None)
    path = f"/api/v1/erasures/{plan['erasure_id']}"
    until = time.monotonic() + 120
    while time.monotonic() < until and "purged" not in json.dumps(ask(url, "GET", path, None)):
        time.sleep(1)
    made = {"get_erasure": one(url, "GET", path), "find_erasures": one(url, "GET", "/api/v1/erasures")}
    made |= {"lift_erasure": one(url, "DELETE", path)}
    for operation in ("get_erasure", "lift_erasure"):
        made[operation]["unknown"] = ask(url, made[operation]["method"], "/api/v1/erasures/nobody-knows", None)[0]
    return made


def converse(url: str, provider_url: str) -> tuple[str, str]:
    """Send two turns of a person, one with a tool, one that fails and is disliked; ids of a trace and a span."""
    from openai import APIStatusError, OpenAI

    import baserun

    baserun.init(url=url, service_name="shop", environment="production", release="2026.11")
    client = OpenAI(base_url=provider_url, api_key="sk-example", max_retries=0)

    @baserun.trace(kind="tool")
    def find_order(number: str) -> dict[str, str]:
        return {"number": number, "state": "sent on Monday"}

    @baserun.trace
    def answer(question: str) -> str | None:
        order = find_order("4711")
        messages: Any = [{"role": "user", "content": question}, {"role": "system", "content": json.dumps(order)}]
        completion = client.chat.completions.create(
            model="gpt-4.1-mini", messages=messages, extra_headers={"x-fake": "answer='It arrives tomorrow.'"}
        )
        return completion.choices[0].message.content

    baserun.identify(USER, {"name": "Ada", "plan": "pro"})
    with baserun.with_session(user_identifier=USER, session_identifier=SESSION, name="Order 4711"):
        answer("Where is my order?")
        with baserun.start_trace("answer") as trace:
            baserun.feedback("helpful", thumbsup=False, comment="did not answer my question")
            with_error: Any = [{"role": "user", "content": "Can I still change the address?"}]
            try:
                client.chat.completions.create(
                    model="gpt-4.1-mini", messages=with_error, extra_headers={"x-fake": "status=500"}
                )
            except APIStatusError as error:
                trace.error = error
    baserun.shutdown(10)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        _, found = ask(url, "GET", f"/api/v1/traces?session={SESSION}&sort=started_at", None)
        if len(found.get("items", ())) == 2 and found["items"][0]["llm_calls"] and found["items"][1]["feedback_down"]:
            trace_id = found["items"][0]["trace_id"]
            _, whole = ask(url, "GET", f"/api/v1/traces/{trace_id}", None)
            return trace_id, next(span["span_id"] for span in whole["spans"] if span["kind"] == "llm")
        time.sleep(0.3)
    raise RuntimeError("what was sent did not become readable")


def requests(trace_id: str, span_id: str) -> list[tuple[str, str, str, Any]]:
    """Return one request for every operation, those that change something last."""
    api = "/api/v1"
    return [
        ("get_alive", "GET", "/healthz", None),
        ("get_ready", "GET", "/readyz", None),
        ("get_me", "GET", f"{api}/me", None),
        ("find_users", "GET", f"{api}/users?from=now-7d&sort=-cost_usd&limit=2&include=total", None),
        ("get_user", "GET", f"{api}/users/{USER}", None),
        ("find_sessions_of_user", "GET", f"{api}/users/{USER}/sessions?limit=1", None),
        ("get_journey", "GET", f"{api}/users/{USER}/journey?order=oldest", None),
        ("find_sessions", "GET", f"{api}/sessions?from=now-7d&filter=errors>=1&limit=1", None),
        ("get_session", "GET", f"{api}/sessions/{SESSION}", None),
        ("get_turns", "GET", f"{api}/sessions/{SESSION}/turns?limit=1", None),
        ("search_session", "GET", f"{api}/sessions/{SESSION}/search?q=address", None),
        ("find_traces", "GET", f"{api}/traces?session={SESSION}&sort=started_at&limit=1", None),
        ("get_trace", "GET", f"{api}/traces/{trace_id}", None),
        ("get_span", "GET", f"{api}/traces/{trace_id}/spans/{span_id}", None),
        ("find_scores", "GET", f"{api}/scores?session={SESSION}", None),
        ("find_dead_letters", "GET", f"{api}/dead-letters", None),
        ("search", "GET", f"{api}/search?q=address", None),
        ("get_fields", "GET", f"{api}/fields?for=sessions", None),
        ("get_facets", "GET", f"{api}/facets?for=traces&field=model", None),
        ("get_histogram", "GET", f"{api}/histogram?for=traces&field=duration_ms&bins=4", None),
        ("get_metrics", "GET", f"{api}/metrics?from=now-1h&metrics=llm_calls,errors&interval=1h", None),
        (
            "add_score",
            "POST",
            f"{api}/scores",
            {"name": "polite", "value": 0.9, "source": "check", "trace_id": trace_id},
        ),
        ("change_session", "PATCH", f"{api}/sessions/{SESSION}", {"name": "Order 4711, late", "outcome": "completed"}),
        ("change_user", "PATCH", f"{api}/users/{USER}", {"traits": {"plan": "team"}, "aliases": ["visitor-17"]}),
        ("erase_user", "DELETE", f"{api}/users/{USER}?dry_run=true", None),
    ]


def ask(url: str, method: str, path: str, body: Any) -> tuple[int, Any]:
    """Make a request; its status and the document that was answered."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(
        url + path.replace(">", "%3E"), data, {"content-type": "application/json"}, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def cut(value: Any) -> Any:
    """Keep the first items of a list and the beginning of a text."""
    if isinstance(value, dict):
        return {key: cut(item) for key, item in value.items()}
    if isinstance(value, list):
        is_rows = bool(value) and isinstance(value[0], (dict, list))
        return [cut(item) for item in value[:ITEMS]] if is_rows else value
    return value[:TEXT_CHARACTERS] if isinstance(value, str) else value


if __name__ == "__main__":
    main()
