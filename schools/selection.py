"""Which students a button under the list is about: those ticked, or all that the list shows as it is narrowed."""

from django.db.models import QuerySet
from django.http import QueryDict

from accounts.actor import ActorRequest
from schools import selectors
from schools.filters import StudentFilter
from schools.models import Programme, Student
from stagematch.ids import uuids


def narrowed(request: ActorRequest, query: QueryDict) -> StudentFilter:
    """The own students of the list, narrowed by its query string."""
    actor = request.actor
    programmes = Programme.objects.filter(pk__in=Programme.objects.visible_to(actor))
    return StudentFilter(query, selectors.students_list(actor), programmes=programmes, groups=selectors.classes(actor))


def chosen_students(request: ActorRequest) -> QuerySet[Student]:
    """Own students who have not left: with `whole` all of the list as `filter` narrows it, else those in `students`.

    `students` may be many fields or one with commas: a page that asks on gives them back as one.
    """
    if request.POST.get("whole"):
        return narrowed(request, QueryDict(request.POST.get("filter", ""))).qs
    ids = uuids(part for field in request.POST.getlist("students") for part in field.split(","))
    return Student.objects.active().visible_to(request.actor).filter(public_id__in=ids)
