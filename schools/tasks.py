"""Long work of schools: inviting hundreds of students."""

from django.utils.translation import gettext_noop

from accounts.hats import HatKind
from accounts.models import Invitation, User
from schools.enrolment import INVITE_JOB, invite_students
from schools.models import Student
from stagematch import jobs
from stagematch.jobs import JobContext

BATCH = 50


@jobs.handler(INVITE_JOB)
def invite(job: JobContext) -> None:
    """Invite the students named in the arguments, fifty at a time; tried again after a crash, it goes on where it stopped."""
    invited = Invitation.objects.filter(kind=HatKind.STUDENT, organisation_id__in=job.args["students"], sent_at__gte=job.args["asked_at"])
    done = set(invited.values_list("organisation_id", flat=True))
    ids = [pk for pk in job.args["students"] if pk not in done]
    by = User.objects.get(pk=job.args["by"])
    for start in range(0, len(ids), BATCH):
        job.check()
        job.progress(gettext_noop("Inviting students"), start / len(ids))
        students = Student.objects.filter(pk__in=ids[start : start + BATCH]).select_related("school").order_by("pk")
        invite_students(students=students, by=by, language=job.args["language"])
