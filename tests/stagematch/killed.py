"""A process that tests kill: `python -m tests.stagematch.killed job 12` or `… mails`, on the database of the test run."""

import os
import sys
import time

import django
from django.conf import settings
from django.db import connection

django.setup()
connection.settings_dict["NAME"] = os.environ["KILLED_DATABASE"]
settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(os.environ.get("KILLED_MAIL_PORT", "25"))

from stagematch import jobs, outbox  # noqa: E402


@jobs.handler("tests.slow")
def slow(job: jobs.JobContext) -> None:
    job.progress("Working", 0.5)
    print("working", flush=True)
    time.sleep(120)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["job", job_id]:
            jobs.run(int(job_id))
        case ["mails"]:
            print("sending", flush=True)
            outbox.send_due()
