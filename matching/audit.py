"""Checking a stored run again: the files prove themselves, and the rows say what the files say."""

import zipfile
from collections.abc import Iterator

from matching import packages
from matching.engine import CRITERIA, InputError, Instance, Result, verify
from matching.engine.digest import result_digest
from matching.models import Run, RunState

FIRST = 20


def findings(run: Run) -> list[str]:
    """Everything about a finished run that is not as it was proven; an empty list means it stands."""
    if run.state != RunState.DONE:
        return ["the run has no result"]
    try:
        instance, result = packages.unpack_instance(bytes(run.instance)), packages.unpack_result(bytes(run.result))
    except (InputError, zipfile.BadZipFile, OSError, KeyError) as error:
        return [f"the stored files cannot be read: {error}"]
    proof = [str(found) for found in verify(instance, result)]
    return proof + list(_digests(run, instance, result)) + list(_proposals(run, result))


def _digests(run: Run, instance: Instance, result: Result) -> Iterator[str]:
    if instance.input_digest != run.input_digest:
        yield f"input digest: stored {run.input_digest}, computed {instance.input_digest}"
    computed = result_digest(result.student_id, result.place_id)
    if computed != run.result_digest:
        yield f"result digest: stored {run.result_digest}, computed {computed}"
    if result.seed != run.seed or result.policy != run.policy:
        yield f"seed and policy: stored {run.seed} {run.policy}, computed with {result.seed} {result.policy}"
    if instance.criteria != run.criteria.as_engine():
        yield f"criteria: the run names version {run.criteria.version}, the files hold other weights"


def _proposals(run: Run, result: Result) -> Iterator[str]:
    """Rows of the database against rows of the result: request, place, score, points, reason."""
    fields = ("request_id", "place_id", "score", *(f"points_{name}" for name in CRITERIA), "reason")
    stored = {row[0]: row[1:] for row in run.proposals.values_list(*fields)}
    expected = {}
    rows = zip(result.student_id.tolist(), result.place_id.tolist(), result.score.tolist(), result.points.tolist(), result.reason, strict=True)
    for request, place, score, points, reason in rows:
        expected[request] = (place, score, *points, "") if place >= 0 else (None, None, *[None] * len(CRITERIA), reason)
    wrong = [key for key in sorted(stored.keys() | expected.keys()) if stored.get(key) != expected.get(key)]
    for key in wrong[:FIRST]:
        yield f"proposal for request {key}: stored {stored.get(key)}, proven {expected.get(key)}"
    if len(wrong) > FIRST:
        yield f"and {len(wrong) - FIRST} more proposals"
