"""Whether a flood of reports without an account does harm: clear answers, nothing lost, and the site as fast as before for everybody else.

    python -m benchmarks.reports --scale 0.01 [--reports 1000] [--seconds 60]

Twice so many reports in so many seconds on the site as ./run serves it: first each from a network of its own (an address of 127.0.0.0/8), so
that all are to be kept; then all from one, of which the limit (ACCOUNT_RATE_LIMITS) keeps a few and the others are to be told, with what they
typed still in the form. Meanwhile visitors open pages five times a second, as they do before. Requests start by the clock (benchmarks.search_load).
The last line is one JSON object; it ends with 1 when an answer was neither of the two, a report is missing or was kept without an answer, or
pages were not in time.

reports: kept, told (refused in words, the text still there), wrong, rows and mails in the database, ms from when each was due.
pages: ms before and meanwhile.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from benchmarks.search import free_port, manage, percentile, prepare, wait_for
from benchmarks.search_load import IN_TIME, PATIENCE, Load, serve

PAGES = ("/", "/tekorten/", "/plaatsen/?waar=6511", "/tekorten/melden/")
PAGES_PER_SECOND, BEFORE = 5, 10
SENDERS = 32
DOMAIN = "flood.example"
KEPT, TOLD, TYPED = "Kijk in je mail", "kwamen het laatste uur heel veel meldingen", "Wij zoeken al maanden"
COOKIE = re.compile(r"csrftoken=([^;]+)")
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


@dataclass
class Flood:
    """Reports to one port: what became of each, and the times in ms from when it was due."""

    port: int
    path: str
    cookie: str = ""
    token: str = ""
    times: list[float] = field(default_factory=list)
    became: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def open_form(self) -> None:
        """Read the form once, for its token."""
        status, headers, body = self._ask("GET", "127.0.0.1", None)
        cookie, token = COOKIE.search(headers), TOKEN.search(body)
        if status != 200 or not cookie or not token:
            raise RuntimeError(f"The form answered {status}: {body[:200]}")
        self.cookie, self.token = cookie[1], token[1]

    def send(self, number: str, network: str, due: float) -> None:
        """One report at its moment."""
        time.sleep(max(0.0, due - time.perf_counter()))
        data = {
            "csrfmiddlewaretoken": self.token, "tried": "asked", "cause": "full", "note": TYPED, "email": f"ouder{number}@{DOMAIN}", "website": "",
        }  # fmt: skip
        try:
            status, _headers, body = self._ask("POST", network, urlencode(data))
        except (OSError, http.client.HTTPException) as error:
            became = type(error).__name__
        else:
            told = TOLD in body and TYPED in body and f"ouder{number}@" in body
            became = "kept" if status == 200 and KEPT in body else "told" if status == 200 and told else f"answer {status}"
        with self.lock:
            self.became[became] += 1
            self.times.append(1000 * (time.perf_counter() - due))

    def _ask(self, method: str, network: str, body: str | None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE, source_address=(network, 0))
        headers = {"Accept-Language": "nl", "Cookie": f"csrftoken={self.cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, str(answer.headers), answer.read().decode()
        finally:
            connection.close()


def form_path() -> str:
    """The address of the last step for a cook near Nijmegen, from two months on."""
    first = datetime.now(tz=UTC).date() + timedelta(days=60)
    need = {"wie": "parent", "opleiding": 25180, "leerweg": "BOL", "waar": "6511", "van": first, "tot": first + timedelta(days=120)}
    return "/tekorten/melden/versturen/?" + urlencode(need)


def looked(port: int, seconds: float, meanwhile: Any = None) -> Load:
    """Pages opened by the clock for so long, while something else goes on."""
    load, began = Load(port), time.perf_counter() + 0.2
    with ThreadPoolExecutor(SENDERS) as pool:
        for number in range(int(seconds * PAGES_PER_SECOND)):
            pool.submit(load.ask, PAGES[number % len(PAGES)], began + number / PAGES_PER_SECOND)
        if meanwhile:
            meanwhile(began)
    return load


def flood(scale: float, port: int, reports: int, seconds: int, networks: int) -> dict[str, Any]:
    """So many reports from so many networks in so many seconds, and what the database has of them."""
    stored(scale, forget=True)
    # The limits remember networks for an hour and addresses for a day: each flood has its own.
    one, this = Flood(port, form_path()), int(time.time()) // 10
    one.open_form()

    def pour(began: float) -> None:
        with ThreadPoolExecutor(SENDERS) as pool:
            for number in range(reports):
                network = f"127.{2 + this % 250}.{number % networks // 250}.{1 + number % networks % 250}"
                pool.submit(one.send, f"{this}.{number}", network, began + number * seconds / reports)

    pages = looked(port, seconds, pour)
    found = stored(scale, forget=True)
    kept, told = one.became.pop("kept", 0), one.became.pop("told", 0)
    return {
        "networks": networks, "reports": reports, "seconds": seconds, "kept": kept, "told": told, "wrong": dict(one.became), **found,
        "report_p50_ms": percentile(one.times, 0.5), "report_p95_ms": percentile(one.times, 0.95), "report_max_ms": percentile(one.times, 1),
        **told_of("pages_meanwhile", pages),
    }  # fmt: skip


def told_of(name: str, load: Load) -> dict[str, Any]:
    times = load.times or [0.0]
    kept_up = sum(one <= IN_TIME for one in times) / max(1, len(load.times) + sum(load.wrong.values()))
    return {name: {"p50_ms": percentile(times, 0.5), "p95_ms": percentile(times, 0.95), "kept_up": round(kept_up, 3), "wrong": dict(load.wrong)}}


def stored(scale: float, *, forget: bool = False) -> dict[str, int]:
    """Rows and mails of the flood in the database; then they are taken away."""
    found: dict[str, int] = json.loads(
        manage("shell", "-v", "0", "-c", f"from benchmarks import reports; reports.count({forget})", scale=scale).splitlines()[-1]
    )
    return found


def count(forget: bool) -> None:
    """Inside a Django shell."""
    from shortages.models import ShortageReport
    from stagematch.models import OutboxMail

    rows, mails = ShortageReport.objects.filter(email__endswith=DOMAIN), OutboxMail.objects.filter(to__endswith=DOMAIN)
    print(json.dumps({"rows": rows.count(), "mails": mails.count()}))
    if forget:
        rows.delete()
        mails.delete()


def run(scale: float, reports: int, seconds: int) -> dict[str, Any]:
    prepare(scale, 1)
    port = free_port()
    server = serve(scale, port, workers=2, threads=4)
    try:
        wait_for(port).close()
        looked(port, 2)
        before = looked(port, BEFORE)
        floods = [flood(scale, port, reports, seconds, networks) for networks in (reports, 1)]
    finally:
        server.terminate()
        server.wait(20)
    return {"scale": scale, **told_of("pages_before", before), "floods": floods, "load": round(os.getloadavg()[0], 1), "cores": os.cpu_count()}


def holds(found: dict[str, Any]) -> bool:
    """Whether every report was kept with its row and mail or told, and pages were in time."""
    return all(
        not one["wrong"] and one["kept"] + one["told"] == one["reports"] and one["kept"] == one["rows"] == one["mails"]
        and not one["pages_meanwhile"]["wrong"] and one["pages_meanwhile"]["kept_up"] >= 0.99
        for one in found["floods"]
    )  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.01)
    parser.add_argument("--reports", type=int, default=1000)
    parser.add_argument("--seconds", type=int, default=60)
    args = parser.parse_args()
    found = run(args.scale, args.reports, args.seconds)
    print(json.dumps(found))
    return 0 if holds(found) else 1


if __name__ == "__main__":
    sys.exit(main())
