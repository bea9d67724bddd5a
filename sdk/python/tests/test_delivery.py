"""How records reach the server: in order and once, through every way in which a collector can fail."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from collector import collecting

import baserun
from baserun import _config
from baserun._guard import forget_warnings
from baserun.delivery._batch import BATCH_RECORDS
from baserun.delivery._writer import SHARED_RECORDS

pytestmark = pytest.mark.slow(5)

FIGURES = {"max_queue_records": 50, "max_queue_bytes": 400_000}


@pytest.fixture
def collector():
    with collecting() as collector:
        yield collector


def record_traces(count, text="x", start=0):
    for number in range(start, start + count):
        with baserun.start_trace(f"trace {number}") as trace:
            trace.result = text


def names(collector):
    return [span["name"] for span in collector.spans]


def test_what_is_recorded_arrives_in_order_and_once(collector):
    baserun.init(url=collector.url, environment="test", release="1.2")
    # Fewer than a backlog, which several threads write, in any order.
    record_traces(SHARED_RECORDS - 100)

    assert baserun.flush(10)
    assert names(collector) == [f"trace {number}" for number in range(SHARED_RECORDS - 100)]
    resource = {item["key"]: next(iter(item["value"].values())) for item in collector.resources[0]["attributes"]}
    assert resource["telemetry.sdk.language"] == "python"
    assert resource["deployment.environment.name"] == "test"
    assert resource["service.version"] == "1.2"
    assert resource["process.pid"] == str(os.getpid())


def test_records_arrive_by_themselves_without_flush(collector):
    baserun.init(url=collector.url)
    record_traces(3)

    assert len(collector.wait_for_spans(3)) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_refuses_for_a_while_gets_everything_later(collector, status):
    baserun.init(url=collector.url)
    collector.status = status
    record_traces(20)
    assert not baserun.flush(0.5)
    collector.status = 200

    assert baserun.flush(10)
    assert names(collector) == [f"trace {number}" for number in range(20)]


def test_retry_after_is_honoured(collector):
    baserun.init(url=collector.url)
    collector.status, collector.headers = 429, {"Retry-After": "1"}
    record_traces(1)
    baserun.flush(0.3)
    collector.status = 200

    assert len(collector.wait_for_spans(1)) == 1
    first, second = (request[0] for request in collector.requests[:2])
    assert second - first >= 1.0


def test_a_server_that_is_down_gets_everything_once_it_is_back():
    with collecting() as first:
        port = first.port
    baserun.init(url=f"http://127.0.0.1:{port}")
    record_traces(20)
    assert not baserun.flush(0.5)
    with collecting(port) as second:
        assert baserun.flush(10)

        assert names(second) == [f"trace {number}" for number in range(20)]


def test_content_goes_before_structure_and_the_loss_is_reported(collector):
    collector.status = 503
    baserun.init(url=collector.url, max_queue_bytes=400_000, max_queue_records=1_000)
    record_traces(100, "y" * 10_000)
    baserun.flush(0.5)
    collector.status = 200
    assert baserun.flush(10)
    baserun.flush(1)

    assert names(collector) == [f"trace {number}" for number in range(100)]
    bare = [span for span in collector.spans if span["attributes"].get("baserun.content.dropped")]
    kept = [span for span in collector.spans if "baserun.output" in span["attributes"]]
    assert len(bare) + len(kept) == 100
    assert bare
    assert kept
    assert collector.spans.index(bare[-1]) < collector.spans.index(kept[0])
    reported = sum(record["attributes"]["baserun.loss.contents"] for record in collector.logs)
    assert reported == len(bare)


def test_beyond_the_count_the_oldest_records_go_and_the_loss_is_reported(collector):
    collector.status = 503
    baserun.init(url=collector.url, max_queue_records=50)
    record_traces(200)
    baserun.flush(0.5)
    collector.status = 200
    assert baserun.flush(10)
    baserun.flush(1)

    reported = sum(record["attributes"]["baserun.loss.spans"] for record in collector.logs)
    assert len(collector.spans) <= 50
    assert names(collector)[-1] == "trace 199"
    assert reported + len(collector.spans) == 200


def test_a_request_that_is_too_large_is_sent_again_without_its_longest_contents(collector):
    collector.max_bytes = 3_000
    baserun.init(url=collector.url)
    with baserun.start_trace("short") as trace:
        trace.result = "short"
    with baserun.start_trace("long") as trace:
        trace.result = os.urandom(20_000).hex()

    assert baserun.flush(10)
    short, long = collector.spans
    assert short["attributes"]["baserun.output"] == "short"
    assert long["attributes"]["baserun.content.dropped"] is True


def test_what_the_server_will_never_accept_is_dropped_with_a_warning(collector, caplog):
    collector.status = 400
    baserun.init(url=collector.url)
    record_traces(1)

    assert baserun.flush(5)
    assert "The server refused `1` records: status `400` not now" in caplog.text


@pytest.mark.parametrize("spooled", [False, True])
def test_a_report_of_losses_that_is_refused_itself_is_made_again(tmp_path, collector, spooled):
    collector.status = 400
    baserun.init(url=collector.url, spool_directory=tmp_path if spooled else None)
    record_traces(7)
    assert baserun.flush(5)
    assert [path for _, path, _, _ in collector.requests] == ["/v1/traces", "/v1/logs"]

    collector.status = 200
    assert baserun.flush(5)
    baserun.flush(5)

    (report,) = collector.logs
    assert report["attributes"]["baserun.loss.spans"] == 7


def test_what_a_full_spool_had_to_drop_is_counted_by_its_records(tmp_path, collector):
    baserun.init(url="http://127.0.0.1:9", spool_directory=tmp_path, max_spool_bytes=10_000)
    for number in range(5):
        with baserun.start_trace(f"before {number}") as trace:
            trace.result = os.urandom(400).hex()
    baserun.flush(0.1)
    with baserun.start_trace("large") as trace:
        trace.result = os.urandom(7_000).hex()
    baserun.flush(0.1)
    baserun.shutdown(1)
    baserun.init(url=collector.url, spool_directory=tmp_path)
    collector.wait_for_spans(1)
    assert baserun.flush(5)

    assert names(collector) == ["large"]
    assert sum(record["attributes"]["baserun.loss.spans"] for record in collector.logs) == 5


def test_what_waits_for_a_flush_travels_in_few_requests(collector):
    baserun.init(url=collector.url)
    record_traces(400, "x" * 500)

    assert baserun.flush(10)
    assert len(collector.spans) == 400
    assert len(collector.requests) < 8


def test_a_wrong_key_is_said_once(collector, caplog):
    collector.status = 401
    baserun.init(url=collector.url, api_key="br-wrong")
    record_traces(1)
    baserun.flush(0.3)
    baserun.flush(0.3)

    assert caplog.text.count("check BASERUN_API_KEY") == 1
    assert collector.requests[0][2]["Authorization"] == "Bearer br-wrong"


def test_no_server_at_all_changes_nothing_for_the_application(caplog):
    baserun.init(url="http://127.0.0.1:9")
    record_traces(10)

    assert not baserun.flush(0.3)
    forget_warnings()


def exit_of(tmp_path, url, program="", **environment):
    """Run a program that records 250 traces, and return how long it took from the end of its main code to its end."""
    script = tmp_path / "program.py"
    script.write_text(
        textwrap.dedent(
            """
            import os, sys, time, baserun
            baserun.init()
            for number in range(250):
                with baserun.start_trace(f"trace {number}"):
                    pass
            """
        )
        + textwrap.dedent(program)
        + "\nprint(time.time(), flush=True)\n"
    )
    ran = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, "BASERUN_URL": url, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return time.time() - float(ran.stdout.split()[-1]), ran


def test_a_healthy_exit_sends_everything(tmp_path, collector):
    exit_of(tmp_path, collector.url)

    assert len(collector.spans) == 250


@pytest.mark.parametrize("fault", ["refused", "hanging", "500", "429"])
def test_no_fault_of_the_collector_holds_an_exit_for_longer_than_its_bound(tmp_path, collector, fault):
    url = collector.url
    if fault == "refused":
        url = "http://127.0.0.1:9"
    elif fault == "hanging":
        collector.hang = True
    else:
        collector.status = int(fault)

    seconds, ran = exit_of(tmp_path, url)

    assert seconds < 6  # bounded at all: the figure is the bench's
    assert "Traceback" not in ran.stderr


def test_what_was_left_in_the_spool_is_sent_by_the_next_process(tmp_path, collector):
    spool = str(tmp_path / "spool")
    exit_of(tmp_path, "http://127.0.0.1:9", BASERUN_SPOOL_DIRECTORY=spool)
    assert any((tmp_path / "spool").iterdir())

    exit_of(tmp_path, collector.url, program="baserun.flush(5)", BASERUN_SPOOL_DIRECTORY=spool)

    ids = [span["spanId"] for span in collector.spans]
    assert len(ids) == 500
    assert len(set(ids)) == 500
    assert not any((tmp_path / "spool").iterdir())


def test_a_killed_process_leaves_its_batches_to_the_next(tmp_path, collector):
    spool = str(tmp_path / "spool")
    killed = """
    spool = os.environ["BASERUN_SPOOL_DIRECTORY"]
    deadline = time.time() + 10
    while not any(name.endswith(".json.gz") for _, _, files in os.walk(spool) for name in files):
        assert time.time() < deadline
        time.sleep(0.01)
    time.sleep(0.5)
    print(time.time(), flush=True)
    os.kill(os.getpid(), 9)
    """
    with pytest.raises(subprocess.CalledProcessError) as died:
        exit_of(tmp_path, "http://127.0.0.1:9", program=killed, BASERUN_SPOOL_DIRECTORY=spool)
    assert died.value.returncode == -signal.SIGKILL

    baserun.init(url=collector.url, spool_directory=spool)

    assert len(collector.wait_for_spans(250)) == 250


def test_the_spool_is_bounded_and_says_what_it_lost(tmp_path, caplog):
    baserun.init(url="http://127.0.0.1:9", spool_directory=tmp_path, max_spool_bytes=20_000)
    for round_number in range(10):
        for number in range(20):
            with baserun.start_trace(f"{round_number} {number}") as trace:
                trace.result = os.urandom(200).hex()
        baserun.flush(0.2)

    size = sum(path.stat().st_size for path in tmp_path.rglob("*.gz"))
    assert 0 < size <= 20_000
    assert "Dropped" in caplog.text


def test_a_forked_child_sends_its_own_records_and_none_of_the_parents(collector):
    baserun.init(url=collector.url)
    record_traces(5)
    child = os.fork()
    if child == 0:
        try:
            with baserun.start_trace("child"):
                pass
            os._exit(0 if baserun.flush(5) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert baserun.flush(5)

    assert sorted(names(collector)) == ["child", *[f"trace {number}" for number in range(5)]]
    assert len({span["traceId"] for span in collector.spans}) == 6


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_workers_of_multiprocessing_send_what_they_recorded(tmp_path, collector, method):
    program = """
    import multiprocessing

    def work(number):
        baserun.init()
        with baserun.start_trace(f"worker {number}"):
            pass

    if __name__ == "__main__":
        context = multiprocessing.get_context(sys.argv[1] if len(sys.argv) > 1 else os.environ["METHOD"])
        processes = [context.Process(target=work, args=(number,)) for number in range(3)]
        [process.start() for process in processes]
        [process.join() for process in processes]
        print(time.time(), flush=True)
        sys.exit()
    """
    exit_of(tmp_path, collector.url, program=program, METHOD=method)

    assert {name for name in names(collector) if name.startswith("worker")} == {"worker 0", "worker 1", "worker 2"}


def test_records_made_while_forking_in_many_threads_are_neither_lost_nor_doubled(collector):
    baserun.init(url=collector.url)
    stop = threading.Event()
    recorded = []

    def work():
        number = 0
        while not stop.is_set():
            record_traces(1, start=number)
            recorded.append(number)
            number += 1
            time.sleep(0.001)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(5):
        child = os.fork()
        if child == 0:
            with baserun.start_trace(f"child {number}"):
                pass
            os._exit(0 if baserun.flush(5) else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    stop.set()
    for thread in threads:
        thread.join()
    assert baserun.flush(10)

    assert len([name for name in names(collector) if name.startswith("trace")]) == len(recorded)
    assert len({name for name in names(collector) if name.startswith("child")}) == 5
    assert len({span["spanId"] for span in collector.spans}) == len(collector.spans)


def test_a_finaliser_that_records_inside_a_recording_cannot_lock_up(collector):
    baserun.init(url=collector.url)

    class Leaving:
        def __init__(self):
            self.itself = self

        def __del__(self):
            record_traces(1, start=1_000)

    import gc

    before = gc.get_threshold()
    gc.set_threshold(5)
    try:
        for _ in range(300):
            Leaving()
            record_traces(1)
    finally:
        gc.set_threshold(*before)
    gc.collect()

    assert baserun.flush(10)
    assert len(collector.spans) == 600


class HeldWriter:
    """Holds our writer inside a record: what it comes to where the application's threads never wait."""

    def __init__(self, redact=str):
        self.redact = redact
        self.holds = threading.Event()
        self.goes_on = threading.Event()

    def __call__(self, text):
        if threading.current_thread().name == "baserun-writer":
            self.holds.set()
            self.goes_on.wait(30)
        return self.redact(text)

    def hold(self):
        record_traces(1, "first")
        assert self.holds.wait(10)


@pytest.fixture
def held_writer():
    writer = HeldWriter()
    yield writer
    writer.goes_on.set()


def waiting():
    return len(_config.state.delivery._queue.waiting)


def test_calls_that_leave_our_writer_no_time_are_written_by_their_own_threads_and_none_is_lost(collector, held_writer):
    baserun.init(url=collector.url, redact=held_writer, max_queue_records=4_000)
    held_writer.hold()
    for number in range(1, 8_000):
        record_traces(1, start=number)
        assert waiting() <= SHARED_RECORDS + 1
        if number % 400 == 0:  # the server's pace is not what is tried here
            collector.wait_for_spans(max(0, number - SHARED_RECORDS - BATCH_RECORDS - 1))
    held_writer.goes_on.set()

    assert baserun.flush(20)
    assert sorted(names(collector)) == sorted(f"trace {number}" for number in range(8_000))
    assert not collector.logs


def test_threads_that_share_the_writing_lose_nothing_and_double_nothing(collector, held_writer):
    baserun.init(url=collector.url, redact=held_writer)
    held_writer.hold()
    threads = [threading.Thread(target=record_traces, args=(1_000, "x", 1 + 1_000 * n)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waiting() <= SHARED_RECORDS + len(threads)
    held_writer.goes_on.set()

    assert baserun.flush(20)
    assert sorted(names(collector)) == sorted(f"trace {number}" for number in range(4_001))


def test_a_record_made_while_its_thread_shares_the_writing_cannot_lock_up(collector, held_writer):
    def record_once_more(text):
        if text == "x":
            record_traces(1, "made meanwhile", start=10_000)
        return text

    held_writer.redact = record_once_more
    baserun.init(url=collector.url, redact=held_writer)
    held_writer.hold()
    record_traces(2_000, start=1)
    shared = 2_000 - waiting()
    held_writer.goes_on.set()

    assert shared > 0
    assert baserun.flush(20)
    assert len(collector.spans) == 1 + 2 * 2_000


def test_a_flush_waits_for_what_a_thread_of_the_application_is_writing(collector, held_writer):
    writes, goes_on = threading.Event(), threading.Event()

    def dwell(text):
        if threading.current_thread().name == "sharer" and not writes.is_set():
            writes.set()
            goes_on.wait(30)
        return text

    held_writer.redact = dwell
    baserun.init(url=collector.url, redact=held_writer)
    held_writer.hold()
    sharer = threading.Thread(target=record_traces, args=(SHARED_RECORDS + 1, "x", 1), name="sharer")
    sharer.start()
    assert writes.wait(10)
    held_writer.goes_on.set()

    assert not baserun.flush(1)
    assert waiting() == 0
    goes_on.set()
    sharer.join()
    assert baserun.flush(10)
    assert len(collector.spans) == SHARED_RECORDS + 2


def test_an_interrupt_while_a_thread_shares_the_writing_costs_that_record_only_and_is_told(collector, held_writer):
    interrupts = iter([KeyboardInterrupt])

    def interrupt(text):
        for interruption in interrupts:
            raise interruption
        return text

    baserun.init(url=collector.url, redact=held_writer)
    held_writer.hold()
    record_traces(SHARED_RECORDS, start=1)
    held_writer.redact = interrupt
    with pytest.raises(KeyboardInterrupt):
        record_traces(1, start=SHARED_RECORDS + 1)
    record_traces(50, start=SHARED_RECORDS + 2)
    assert waiting() <= SHARED_RECORDS + 1
    held_writer.goes_on.set()

    assert baserun.flush(10)
    baserun.flush(5)
    assert len(collector.spans) == SHARED_RECORDS + 51
    assert sum(record["attributes"]["baserun.loss.spans"] for record in collector.logs) == 1


def test_sampling_keeps_or_drops_a_session_whole(collector):
    baserun.init(url=collector.url, sample_rate=0.5)
    for number in range(100):
        with baserun.with_session(f"user {number}", f"session {number}"):
            record_traces(2)
    assert baserun.flush(5)

    per_session = {}
    for span in collector.spans:
        per_session.setdefault(span["attributes"]["session.id"], []).append(span)
    assert 20 < len(per_session) < 80
    assert {len(spans) for spans in per_session.values()} == {2}
    assert {record["attributes"]["session.id"] for record in collector.logs} == set(per_session)


def test_init_again_is_harmless_and_with_options_replaces_the_settings(collector):
    baserun.init(url=collector.url)
    delivery = _config.state.delivery
    baserun.init()
    assert _config.state.delivery is delivery
    record_traces(1)
    with collecting() as other:
        baserun.init(url=other.url)
        record_traces(1, start=1)
        assert baserun.flush(5)

        assert names(other) == ["trace 1"]
    assert names(collector) == ["trace 0"]


def test_the_address_and_key_come_from_the_environment(monkeypatch, collector):
    monkeypatch.setenv("BASERUN_URL", collector.url + "/")
    monkeypatch.setenv("BASERUN_API_KEY", "br-env")
    baserun.init()
    record_traces(1)
    baserun.flush(5)

    assert collector.requests[0][1] == "/v1/traces"
    assert collector.requests[0][2]["Authorization"] == "Bearer br-env"


def test_an_address_that_is_none_is_refused_at_once():
    with pytest.raises(baserun.InvalidArgument, match="the server's address is `localhost:4318`"):
        baserun.init(url="localhost:4318")


def test_a_connection_that_the_server_closed_meanwhile_is_made_anew():
    with collecting(idle_seconds=0.1) as collector:
        baserun.init(url=collector.url)
        for number in range(3):
            record_traces(1, start=number)
            assert baserun.flush(5)
            time.sleep(0.3)

        assert names(collector) == ["trace 0", "trace 1", "trace 2"]
