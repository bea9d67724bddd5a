"""One contender in a process of its own, compared with the bare client in a twin of it. Prints one JSON value.

Run by `bench.sdk` in each contender's own environment, so it imports nothing of this repository.
`worker.py NAME MODE SINK_URL COUNT [TWINS]`: COUNT is that of pairs of blocks, or of calls; TWINS is the order in which
the two are forked, `bare,recorded` or `recorded,bare`.
"""

import gc
import json
import os
import statistics
import sys
import threading
import time

NAME, MODE, SINK, COUNT = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
TWINS = sys.argv[5].split(",") if len(sys.argv) > 5 else ["bare", "recorded"]
CHUNKS = 50
BLOCK_CALLS = 40
BLOCK_STREAMS = 10
WARM_UP_CALLS = 60
WARM_UP_PAIRS = 3
"""Of blocks, after which the times no longer fall."""
MESSAGES = [{"role": "system", "content": "Be brief. " * 20}] + [
    {"role": ("user", "assistant")[n % 2], "content": f"Message {n}: " + "where is my order, it should have come. " * 6}
    for n in range(5)
]
TEXT = "Your order is on its way and should arrive on Friday. " * 6


def answer_bytes() -> bytes:
    """A plain answer."""
    return json.dumps(
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": "gpt-4.1-mini-2025-04-14",
            "choices": [
                {
                    "index": 0,
                    "message": {"role": "assistant", "content": TEXT, "refusal": None},
                    "finish_reason": "stop",
                }
            ],
            "usage": {
                "prompt_tokens": 300,
                "completion_tokens": 80,
                "total_tokens": 380,
                "prompt_tokens_details": {"cached_tokens": 0},
                "completion_tokens_details": {"reasoning_tokens": 0},
            },
        }
    ).encode()


def chunk_bytes() -> list[bytes]:
    """A streamed answer, piece by piece."""
    head = {"id": "chatcmpl-2", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4.1-mini-2025-04-14"}
    pieces = [
        {**head, "choices": [{"index": 0, "delta": {"content": f"word{n} "}, "finish_reason": None}]}
        for n in range(CHUNKS)
    ]
    pieces.append({**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    pieces.append(
        {**head, "choices": [], "usage": {"prompt_tokens": 300, "completion_tokens": 50, "total_tokens": 350}}
    )
    return [f"data: {json.dumps(piece)}\n\n".encode() for piece in pieces] + [b"data: [DONE]\n\n"]


def make_client(openai_class: type) -> object:
    """A client whose network is canned, in the process itself: only the client's own work and ours is measured."""
    import openai._base_client as base

    httpx = sys.modules[base.__dict__.get("httpx2", base.__dict__.get("httpx")).__name__]
    answer, chunks = answer_bytes(), chunk_bytes()

    class Canned(httpx.SyncByteStream):
        def __iter__(self):
            yield from chunks

    def respond(request: object) -> object:
        if b'"stream":true' in request.content.replace(b" ", b""):
            return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Canned())
        return httpx.Response(200, headers={"content-type": "application/json"}, content=answer)

    transport = httpx.MockTransport(respond)
    return openai_class(
        api_key="sk-x", base_url="https://api.openai.com/v1", http_client=httpx.Client(transport=transport)
    )


def set_up(client_before: object) -> tuple[object, object]:
    """Turn a contender on; give the client to use and what sends everything recorded so far."""
    import openai

    if NAME == "bare":
        return client_before, lambda: None
    if NAME == "baserun":
        import baserun

        baserun.init(url=SINK)
        return client_before, lambda: baserun.flush(30)
    if NAME == "langfuse":
        os.environ.update(
            LANGFUSE_PUBLIC_KEY="pk", LANGFUSE_SECRET_KEY="sk", LANGFUSE_HOST=SINK, LANGFUSE_BASE_URL=SINK
        )
        from langfuse import get_client
        from langfuse.openai import OpenAI

        return make_client(OpenAI), lambda: get_client().flush()
    if NAME == "logfire":
        import logfire

        logfire.configure(token="pylf_v1_us_x", advanced=logfire.AdvancedOptions(base_url=SINK), console=False)
        logfire.instrument_openai(client_before)
        return client_before, lambda: logfire.force_flush()
    if NAME == "opik":
        os.environ.update(
            OPIK_URL_OVERRIDE=SINK + "/api", OPIK_API_KEY="x", OPIK_WORKSPACE="x", OPIK_TRACK_DISABLE="false"
        )
        import opik
        from opik.integrations.openai import track_openai

        return track_openai(client_before), lambda: opik.flush_tracker()
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(SINK + "/v1/traces")))
    if NAME == "openinference":
        from openinference.instrumentation.openai import OpenAIInstrumentor
    else:
        from opentelemetry.instrumentation.openai import OpenAIInstrumentor
    OpenAIInstrumentor().instrument(tracer_provider=provider)
    return make_client(openai.OpenAI), lambda: provider.force_flush()


def call(client: object) -> None:
    """Ask once."""
    client.chat.completions.create(model="gpt-4.1-mini", messages=MESSAGES, temperature=0.2, user="u-1")


def stream(client: object) -> int:
    """Consume a stream; give the thread's processor time until its first chunk."""
    began = time.thread_time_ns()
    chunks = iter(
        client.chat.completions.create(
            model="gpt-4.1-mini", messages=MESSAGES, stream=True, stream_options={"include_usage": True}
        )
    )
    next(chunks)
    first = time.thread_time_ns() - began
    for _ in chunks:
        pass
    return first


def overhead() -> None:
    """Blocks of calls of two twins in turn, the one bare, the other recorded: pairs of what each block cost."""
    import openai

    client = make_client(openai.OpenAI)
    for _ in range(WARM_UP_CALLS):
        call(client)
        stream(client)
    gc.collect()
    gc.freeze()
    twins = fork_twins(client)
    pairs = []
    for number in range(WARM_UP_PAIRS + COUNT):
        found = {name: twins[name].block() for name in sorted(twins, reverse=number % 2 == 0)}
        pairs.append([found["bare"], found["recorded"]])
    print(json.dumps(pairs[WARM_UP_PAIRS:]), flush=True)
    os._exit(0)


class Twin:
    """A fork that makes a block of calls whenever it is asked."""

    def __init__(self) -> None:
        self.asked, self.ask = os.pipe()
        told, tell = os.pipe()
        self.told, self.tell = os.fdopen(told), os.fdopen(tell, "w")

    def block(self) -> dict[str, float]:
        """Let it make a block; give what that cost."""
        os.write(self.ask, b"+")
        return json.loads(self.told.readline())

    def live(self, client: object, flush: object) -> None:
        """Make blocks until the parent is gone. Garbage is collected in between: whose turn it is must not matter."""
        gc.collect()
        gc.freeze()
        gc.disable()
        while os.read(self.asked, 1):
            print(json.dumps(measured(client, flush)), file=self.tell, flush=True)
            gc.collect()
        os._exit(0)


def fork_twins(client: object) -> dict[str, Twin]:
    """Fork the two from the same state of memory: what lies where makes calls dearer or cheaper by a hundredth."""
    twins = {name: Twin() for name in TWINS}
    for name, twin in twins.items():
        if os.fork() == 0:
            for other in twins.values():
                os.close(other.ask)
            twin.live(*(set_up(client) if name == "recorded" else (client, lambda: None)))
    return twins


def measured(client: object, flush: object) -> dict[str, float]:
    """CPU in µs of a block: of the thread the median of its calls and streams, of the process all, sent, per call."""
    calls, streams, firsts = [], [], []
    before = time.process_time_ns()
    for _ in range(BLOCK_CALLS):
        began = time.thread_time_ns()
        call(client)
        calls.append(time.thread_time_ns() - began)
    flush()
    process_call = (time.process_time_ns() - before) / BLOCK_CALLS
    before = time.process_time_ns()
    for _ in range(BLOCK_STREAMS):
        began = time.thread_time_ns()
        firsts.append(stream(client))
        streams.append(time.thread_time_ns() - began)
    flush()
    process_stream = (time.process_time_ns() - before) / BLOCK_STREAMS
    return {
        "call": statistics.median(calls) / 1e3,
        "stream": statistics.median(streams) / 1e3,
        "first": statistics.median(firsts) / 1e3,
        "process_call": process_call / 1e3,
        "process_stream": process_stream / 1e3,
    }


def importing() -> None:
    """Processor and wall time that turning on adds to `import openai`."""
    import openai

    bare = make_client(openai.OpenAI)
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    set_up(bare)
    print(
        json.dumps({"cpu": (time.process_time_ns() - cpu) / 1e6, "wall": (time.perf_counter_ns() - wall) / 1e6}),
        flush=True,
    )
    os._exit(0)


def leaving() -> None:
    """Record, then end as programs do; the parent takes the time from here to the end of the process."""
    import openai

    client, _ = set_up(make_client(openai.OpenAI))
    slowest = []
    for _ in range(COUNT):
        began = time.thread_time_ns()
        call(client)
        slowest.append(time.thread_time_ns() - began)
        time.sleep(0.005)
    print(json.dumps({"ended": time.time(), "call": statistics.median(slowest) / 1e3}), flush=True)


def memory() -> None:
    """Memory after a tenth of the calls and after all of them, in MiB."""
    import openai

    client, flush = set_up(make_client(openai.OpenAI))

    def resident() -> float:
        flush()
        gc.collect()
        with open("/proc/self/statm") as statm:
            return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20

    after_tenth = 0.0
    for number in range(COUNT):
        call(client)
        if number == COUNT // 10:
            after_tenth = resident()
    print(json.dumps({"tenth": after_tenth, "all": resident(), "threads": threading.active_count()}), flush=True)
    os._exit(0)


{"overhead": overhead, "importing": importing, "leaving": leaving, "memory": memory}[MODE]()
