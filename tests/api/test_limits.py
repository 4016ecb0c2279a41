"""How much a server takes on: allowances, threads that hang, deadlines. Clocks and work are made up."""

from __future__ import annotations

import asyncio
import random
import threading

import pytest

from api.errors import OverloadedError
from api.limits import Buckets
from api.pool import Pool


def test_a_key_has_its_burst_and_then_its_rate() -> None:
    now = [0.0]
    buckets = Buckets(rate=2.0, burst=3, timer=lambda: now[0])
    assert [buckets.wait_for("a") for _ in range(3)] == [0, 0, 0]
    assert buckets.wait_for("a") == pytest.approx(0.5)
    assert buckets.wait_for("b") == 0, "others have their own"
    now[0] = 0.5
    assert buckets.wait_for("a") == 0
    assert buckets.wait_for("a") > 0


@pytest.mark.parametrize("seed", range(20))
def test_no_window_lets_more_pass_than_burst_and_rate_allow(seed: int) -> None:
    dice = random.Random(seed)
    now = [0.0]
    rate, burst = dice.uniform(0.5, 20), dice.randint(1, 10)
    buckets = Buckets(rate, burst, timer=lambda: now[0])
    passed: list[float] = []
    for _ in range(400):
        now[0] += dice.expovariate(30)
        if buckets.wait_for("a") == 0:
            passed.append(now[0])
    for start in range(len(passed)):
        for end in range(start, len(passed)):
            assert end - start + 1 <= burst + rate * (passed[end] - passed[start]) + 1e-6


def test_waiting_as_long_as_told_is_enough() -> None:
    now = [0.0]
    buckets = Buckets(rate=3.0, burst=1, timer=lambda: now[0])
    assert buckets.wait_for("a") == 0
    now[0] += buckets.wait_for("a") + 1e-9
    assert buckets.wait_for("a") == 0


def test_a_full_line_is_refused_and_empties_again() -> None:
    async def tried() -> None:
        pool, gate = Pool(workers=1, queue=1, name="t"), threading.Event()
        work = [asyncio.create_task(pool.run(lambda: gate.wait(20))) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(OverloadedError) as refused:
            await pool.run(lambda: True)
        assert (refused.value.code, refused.value.status, refused.value.wait_s) == ("api.busy", 503, 1)
        gate.set()
        assert await asyncio.gather(*work) == [True, True]
        assert await pool.run(lambda: 7) == 7
        pool.close()

    asyncio.run(tried())


def test_whoever_gives_up_leaves_the_line_but_a_hanging_thread_still_counts() -> None:
    async def tried() -> None:
        pool, gate = Pool(workers=1, queue=1, name="t"), threading.Event()
        for _ in range(2):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await pool.run(lambda: gate.wait(20))
        assert pool.taken == 1, "the second left the line; the first hangs, and is one thread"
        gate.set()
        while pool.taken:
            await asyncio.sleep(0.01)
        pool.close()

    asyncio.run(tried())


def test_an_error_of_the_work_is_the_error_of_the_wait() -> None:
    async def tried() -> None:
        pool = Pool(workers=1, queue=0, name="t")
        with pytest.raises(ZeroDivisionError):
            await pool.run(lambda: 1 // 0)
        assert pool.taken == 0
        pool.close()

    asyncio.run(tried())
