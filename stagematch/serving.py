"""How gunicorn serves the site, in ./run, in the image and in the benchmarks: `gunicorn -c stagematch/serving.py`."""

import os

from gunicorn.http import message

wsgi_app = "stagematch.wsgi:application"
preload_app = True
workers = int(os.environ.get("WEB_CONCURRENCY", max(2, os.cpu_count() or 1)))
threads = 4
accesslog = "-"
logger_class = "stagematch.access_log.MaskedLogger"
# A search or a link may be too long for gunicorn, which answers with a bare page of its own: ours says what was not used. Its setting
# goes no further than 8,190 by itself, and no limit at all would let anybody fill the memory.
LONGEST_LINE = 65_536
message.MAX_REQUEST_LINE = LONGEST_LINE
limit_request_line = LONGEST_LINE - 1
