"""A process that tests kill: `python -m tests.stagematch.killed job 12` or `… mails`; DATABASE_URL is the test's database."""

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stagematch.settings.testing")
django.setup()

from stagematch import jobs, outbox  # noqa: E402


@jobs.handler("tests.slow")
def slow(job: jobs.JobContext) -> None:
    """Report, then take longer than any test waits."""
    job.progress("Working", 0.5)
    print("working", flush=True)
    time.sleep(120)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["job", job_id]:
            jobs.run(int(job_id))
        case ["mails"]:
            outbox.send_due(seconds=60)
